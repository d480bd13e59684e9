/**
 * Pages whose libraries patched what the language brings along, before the SDK came or after it: what was said arrives as
 * it was said.
 */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { deliveryWorld, expectDelivered, openReady, sendAll } from '../../support/delivery.ts';
import { eachVisitor } from '../../support/each-visitor.ts';

const world = deliveryWorld();
let page: Page;
eachVisitor(async (device) => {
  page = await device.newPage();
});

/** As Prototype.js 1.7 did, and half of the pages of its time with it. */
const prototypeJs = `
  const $A = (list) => list ? Array.prototype.slice.call(list) : [];
  Array.from = $A;
  Array.prototype.toJSON = function () { return '[' + this.map((one) => JSON.stringify(one)).join(', ') + ']'; };
  Object.prototype.forEachOwn = function () {};
  const { reverse } = Array.prototype;
  Array.prototype.reverse = function (inline) { return reverse.call(inline === false ? this.slice() : this); };
  Array.prototype.entries = function () { return this.slice(); };
  Array.prototype.without = function (...gone) { return this.filter((one) => !gone.includes(one)); };
  Object.keys = (object) => { const keys = []; for (const key in object) if (object.hasOwnProperty(key)) keys.push(key); return keys; };
  Object.values = (object) => Object.keys(object).map((key) => object[key]);
  Function.prototype.bind = function (owner, ...first) { const self = this; return function (...rest) { return self.apply(owner, [...first, ...rest]); }; };
  String.prototype.startsWith = function (start) { return this.lastIndexOf(start, 0) === 0; };`;
const frozen = `
  Array.prototype.toJSON = function () { return 'frozen'; };
  for (const { prototype } of [Object, Array, Function, String, Promise]) Object.freeze(prototype);`;
/** As tools that watch a page's requests and tasks do. */
const watched = `
  const Native = Promise;
  window.Promise = class extends Native {
    then(done, failed) { return super.then(done && ((value) => done(value)), failed && ((cause) => failed(cause))); }
  };
  const { fetch: real, setTimeout: later } = window;
  window.fetch = async (...what) => real(new Request(...what));
  window.setTimeout = (run, ...rest) => later(() => run(), ...rest);`;
/** As nobody should: all that is left is what the SDK took when it loaded. */
const broken = `
  const fail = () => { throw new Error('the page broke this'); };
  window.fetch = fail;
  window.JSON = { parse: fail, stringify: fail };
  window.Promise = fail;
  window.BroadcastChannel = window.Response = fail;`;

const payload = `{ list: [1, [2, 'three'], { four: [] }], text: 'a "quoted" [text]', none: null, nested: { list: ['x'] } }`;

describe.each([
  ['as Prototype.js does', prototypeJs, ['before', 'after']],
  ['and froze them', frozen, ['before', 'after']],
  ['to watch what a page does', watched, ['before', 'after']],
  ['until nothing works', broken, ['after']],
])('a page that patches the built-ins %s', (_, patch, times) => {
  test.each(times)('reports what it said, patched %s the SDK loaded', async (time) => {
    await openReady(page, world.pages.site + world.page(time === 'before' ? { before: patch } : {}));
    const calls = `_smartico.action('patched-1', ${payload}); _smartico.event('patched-2', ${payload});`;
    await page.addScriptTag({ content: time === 'after' ? patch + calls : calls });
    await sendAll(page);
    await expectDelivered(world.label, ['patched-1', 'patched-2']);
    const said = new Function(`return ${payload}`)();
    expect((await world.label.events()).map((event) => event.payload)).toEqual([
      { ...said, client_action: 'patched-1' },
      said,
    ]);
  });
});
