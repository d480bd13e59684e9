/** HTML that an operator sends, or that somebody sends in an operator's name. */
import { describe, expect, test } from 'vitest';
import { cleanHtml } from '../../../src/collector/engagement/clean-html.ts';
import hostile from '../../fixtures/hostile-html.json' with { type: 'json' };

const places = {
  own: new Set(['https://collector.example']),
  linkHosts: ['op.example'],
  assetOrigins: ['https://cdn.op.example'],
};
const clean = (html: string): string => cleanHtml(html, places).html;

const tag = /<(\/?)([a-z0-9]+)((?: [a-z-]+(?:="[^"<>]*")?)*)(?: \/)?>/g;
const sheet = /<style([^<>]*)>([^<]*)<\/style>/g;

/** The markup that is left, each tag as a name and its attributes; throws where a browser could read anything else. */
const markupOf = (html: string): { name: string; attributes: Map<string, string> }[] => {
  const left = html.replace(sheet, '');
  if (/[<>]/.test(left.replace(tag, ''))) throw new Error(`no markup of ours: ${left.replace(tag, '')}`);
  return Array.from(left.matchAll(tag), ([, , name = '', inside = '']) => ({
    name,
    attributes: new Map(
      Array.from(inside.matchAll(/ ([a-z-]+)(?:="([^"]*)")?/g), ([, key = '', value = '']) => [key, value]),
    ),
  }));
};

const never =
  'script iframe frame object embed form input button link meta base svg math template noscript video audio';

describe.each(Object.entries(hostile))('%s', (_what, vectors) => {
  test.each(vectors)('%s', (vector) => {
    const html = clean(vector);
    for (const { name, attributes } of markupOf(html)) {
      expect(never.split(' ')).not.toContain(name);
      for (const [key, value] of attributes) {
        expect(key).not.toMatch(/^on|^src(?:set|doc)|^ping$|action|background|^xlink/);
        if (key === 'href') expect(value).toMatch(/^https:\/\/op\.example\//);
        if (key === 'src') expect(value).toMatch(/^https:\/\/cdn\.op\.example\//);
        if (key === 'style') expect(value).not.toMatch(/url|\\|expression|binding|behavior/i);
      }
    }
    for (const [, , css = ''] of html.matchAll(sheet)) expect(css).not.toMatch(/EVIL|@import|url|\\|expression/i);
    expect(clean(html)).toBe(html);
  });
});

test('there are hundreds of them', () => {
  expect(Object.values(hostile).flat().length).toBeGreaterThan(200);
});

describe('what an operator means stays', () => {
  test.each([
    '<h2 class="big">Hello <b>Ann</b></h2><p dir="rtl" lang="ar">x</p>',
    '<p style="color:red;margin:0 auto">x</p>',
    '<style>@media (max-width:400px){.big{font-size:2em}}/* small */ .big{background:url("https://cdn.op.example/b.png")}</style><p class="big">x</p>',
    '<table border="1"><tbody><tr><td colspan="2">1 &lt; 2 &amp; 3</td></tr></tbody></table>',
    '<img src="https://cdn.op.example/a.png?x=1&amp;y=2" alt="A picture" width="20" />',
    '<img src="https://collector.example/a.png" alt="x" />',
  ])('%s', (html) => expect(cleanHtml(html, places)).toEqual({ html, removed: [] }));

  test('a link to a known host opens beside the page and knows nothing of it', () => {
    expect(clean('<a href="https://op.example/promo?a=1&b=2">x</a>')).toBe(
      '<a href="https://op.example/promo?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">x</a>',
    );
  });
});

test('a style that is nearly all spaces is read as fast as any other', () => {
  const spaces = ' '.repeat(8_000);
  expect(clean(`<style>p{background:url(${spaces}a${spaces}\nb)}</style>`)).toBe('');
});

test('a tag may be called as every object’s property is', () => {
  const { html, removed } = cleanHtml('<constructor>Hello</constructor>', places);
  expect([html, removed]).toEqual(['Hello', [{ what: 'constructor', why: 'is not known here' }]]);
});

test('whoever wrote it is told what was taken out, each kind once', () => {
  const { html, removed } = cleanHtml(
    '<p onclick=x onclick=y>a</p><p onclick=z>b</p><form>c</form><a href=http://op.example/>d</a><style>@import "x"</style>',
    places,
  );
  expect(html).toBe('<p>a</p><p>b</p>c<a>d</a>');
  expect(removed.map(({ what }) => what)).toEqual(['p[onclick]', 'form', 'a[href]', 'style']);
});
