/** Web Locks of one origin, as far as a turn needs them: exclusive, `ifAvailable`, `steal`. */
export const fakeLocks = (): LockManager => {
  const held = new Map<string, (reason: DOMException) => void>();
  const request = async (name: string, { steal }: LockOptions, work: LockGrantedCallback<unknown>) => {
    if (held.has(name) && !steal) return work(null);
    held.get(name)?.(new DOMException('the lock was stolen', 'AbortError'));
    const lock = { name, mode: 'exclusive' as const };
    let mine: (reason: DOMException) => void = () => {};
    const stolen = new Promise<never>((_resolve, reject) => {
      mine = reject;
    });
    held.set(name, mine);
    try {
      return await Promise.race([work(lock), stolen]);
    } finally {
      if (held.get(name) === mine) held.delete(name);
    }
  };
  return { request } as unknown as LockManager;
};
