/**
 * The paste-in snippet: `_smartico('action', 'X')` works, and is on disk, before the script has loaded. Remembers every
 * call in order; has no `.on`, by which pages tell the stub from the SDK. Events go where the SDK keeps what came before
 * `init`, in the form in which it keeps them; it adds what only it knows.
 */
import { LOCALHOST } from './localhost.ts';

((root: { [name: string]: unknown }, name: string) => {
  if (root[name]) return;
  const ROWS = 200;
  const rows = `${name}::q:`;
  const letters = () => Math.random().toString(36).slice(2, 8).padEnd(6, '0');
  let user: unknown;
  const stub = (method: string, ...args: unknown[]) => {
    let kept = false;
    if (method === 'online' || method === 'identify') user = args[0];
    if (method === 'logout') user = '';
    const [first, second] = args;
    // Where consent is asked for, nothing may be on disk before it: the call waits in memory.
    const asks =
      root[`${name}_consent`] === 'required' ||
      document.querySelector('script[data-consent]') ||
      ('globalPrivacyControl' in navigator &&
        navigator.globalPrivacyControl &&
        document.querySelector('script[data-gpc]'));
    const may = !asks && (root[`${name}_allow_localhost`] === true || !LOCALHOST.test(location.href));
    if ((method === 'action' || method === 'event') && first && may) {
      try {
        const event_date = Date.now();
        const seq = stub.n + 1;
        const eid = `${event_date.toString(36).padStart(8, '0')}${seq.toString(36).padStart(3, '0')}-${letters()}${letters()}`;
        const action = method === 'action';
        const event = {
          eid,
          event_date,
          user_ext_id: (user ?? root[`${name}_user_id`]) || null,
          event_type: action ? 'client_action' : `${first}`,
          payload: action ? { ...Object(second), client_action: `${first}` } : second,
          page_id: stub.p,
          seq,
          source: 'api',
        };
        // A refusal of an earlier page holds. A blocked script never comes to fetch them: the origin's storage belongs to the page.
        if (
          localStorage[`${name}:consent`] !== 'no' &&
          Object.keys(localStorage).filter((key) => key.startsWith(rows)).length < ROWS
        ) {
          localStorage[rows + eid] = JSON.stringify(event);
          stub.n = seq;
          kept = true;
        }
      } catch {
        // Storage refused, or arguments that JSON cannot say (or that throw): the call still waits in memory.
      }
    }
    stub.q.push([method, args, kept]);
  };
  stub.q = [] as unknown[];
  stub.p = `p-${letters()}${letters()}`;
  stub.n = 0;
  root[name] = stub;
})(window as never, '_smartico');
