// @vitest-environment node
/** The page asks why its events do not arrive: there is always an answer, and in time. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { COLLECTOR, everywhere, fileToo, loadPage, type Reach } from '../../support/doctor-page.ts';
import { type Device, device } from '../../support/sdk-platform.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(async () => {
  vi.useRealTimers();
  await here.close();
});
const load = (page?: Parameters<typeof loadPage>[1]) => loadPage(here, page);

describe('a doctor that does not come', () => {
  const lost = async () => {
    throw new Error('blocked');
  };
  test.each<[string, Reach, boolean, string]>([
    ['while the collector answers is blocked', everywhere, true, 'blocked_by_extension'],
    ['whose address says something else is a stranger’s', fileToo, true, 'answered_by_stranger'],
    ['while the collector does not answer tells that', {}, true, 'collector_unreachable'],
    ['to a browser without a network tells that', {}, false, 'offline'],
  ])('%s', async (_, reach, onLine, verdict) => {
    const { smartico, root, console } = load({ room: lost, reach });
    Object.defineProperty(root.navigator, 'onLine', { value: onLine });
    expect(await smartico.doctor()).toMatchObject({ verdict, says: expect.stringContaining(COLLECTOR) });
    expect(console.join()).toContain(`doctor: ${verdict}`);
  });

  test('by the page’s policy names the directive; one that only reports, or is about others, is none', async () => {
    const violation = (root: Window, blockedURI: string, disposition: string, effectiveDirective: string) =>
      root.document.dispatchEvent(
        Object.assign(new (root as unknown as typeof globalThis).Event('securitypolicyviolation'), {
          blockedURI,
          disposition,
          effectiveDirective,
        }),
      );
    const { smartico, root } = load({
      async room() {
        violation(root, 'https://other.example/x.js', 'enforce', 'img-src');
        violation(root, `${COLLECTOR}/smartico_doctor.js`, 'report', 'default-src');
        violation(root, `${COLLECTOR}/smartico_doctor.js`, 'enforce', 'script-src-elem');
        throw new Error('blocked');
      },
    });
    expect(await smartico.doctor()).toMatchObject({
      verdict: 'blocked_by_policy',
      says: expect.stringContaining('script-src-elem'),
    });
  });

  test.each([
    ['whose file never comes', () => new Promise(() => {})],
    ['who never answers', async () => ({ examine: () => new Promise(() => {}) })],
    ['who fails', async () => ({ examine: () => Promise.reject(new Error('a mistake')) })],
  ])('or %s keeps nobody waiting', async (_, room) => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const { smartico, root } = load({ room });
    root.fetch = () => new Promise(() => {});
    const asked = smartico.doctor();
    await vi.advanceTimersByTimeAsync(5_100);
    expect(await asked).toMatchObject({ verdict: 'collector_unreachable' });
  });
});

test('the doctor is fetched once for whoever asks at once, and again for whoever asks later', async () => {
  const { smartico, fetched } = load();
  const both = await Promise.all([smartico.doctor(), smartico('doctor')]);
  expect(both[0]).toBe(both[1]);
  expect(fetched()).toBe(1);
  await smartico.doctor();
  expect(fetched()).toBe(2);
});
