import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { frameIn, LABEL, met, openHost, PLATFORM } from '../../support/framed-pages.ts';
import { type Device, device } from '../../support/sdk-platform.ts';
import { until } from '../../support/until.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

test('an action in the frame is an event of the page, with the place where it was made', async () => {
  const host = openHost(here);
  const { smartico } = frameIn(host).open();
  smartico.init(LABEL);
  void smartico.online('ann');
  const eid = smartico.action('RoundPlayed', { table: 'blue' });
  await met({ smartico });
  await host.smartico.flush();
  await until(() => host.collector.stored.length);
  expect(host.collector.stored).toMatchObject([
    {
      eid,
      user_ext_id: 'ann',
      source: 'bridge',
      frame: PLATFORM,
      payload: { table: 'blue', client_action: 'RoundPlayed' },
    },
  ]);
});

test('a page is asked before it is led away, once it has a frame that calls, so that it hears the frame first', async () => {
  const host = openHost(here);
  const listen = vi.spyOn(host.root, 'addEventListener');
  const asked = () => listen.mock.calls.filter(([name]) => name === 'beforeunload').length;
  expect(asked()).toBe(0);
  const { smartico } = frameIn(host).open();
  smartico.init(LABEL);
  await met({ smartico });
  expect(asked()).toBe(1);
});
