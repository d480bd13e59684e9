/**
 * The paste-in snippet: `_smartico('action', 'X')` works, and is on disk, before the script has loaded. Remembers every
 * call in order; has no `.on`, by which pages tell the stub from the SDK. `early.ts` reads what this writes.
 */
((root: Window & { [name: string]: unknown }, name: string) => {
  if (root[name]) return;
  const letters = () => `${Math.random().toString(36).slice(2)}000000`.slice(0, 6);
  let user: unknown;
  const stub = (method: string, ...args: unknown[]) => {
    let key: string | undefined;
    if (method === 'online' || method === 'identify') user = args[0];
    if (method === 'logout') user = null;
    if (method === 'action' || method === 'event') {
      const now = Date.now();
      const seq = stub.n + 1;
      key = `${name}:s:${now.toString(36).padStart(8, '0')}${seq.toString(36).padStart(3, '0')}-${letters()}${letters()}`;
      try {
        const who = user === undefined ? root[`${name}_user_id`] : user;
        localStorage.setItem(key, JSON.stringify([method, args, now, who, stub.p, seq]));
        stub.n = seq;
      } catch {
        key = undefined; // storage refused, or a payload that JSON cannot say: the call still waits in memory
      }
    }
    stub.q.push([method, args, key]);
  };
  stub.q = [] as unknown[];
  stub.p = `p-${letters()}${letters()}`;
  stub.n = 0;
  root[name] = stub;
})(window as never, '_smartico');
