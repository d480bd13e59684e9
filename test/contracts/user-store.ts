/**
 * What every store of customers promises. A driver calls this with a way to make one; what it cannot keep it names, with the reason.
 */
import { expect, test } from 'vitest';
import type { CustomerState } from '../../src/collector/engine/customer-state.ts';
import { registered } from '../../src/collector/engine/registered.ts';
import type { StateChange, UserStore } from '../../src/collector/store/user-store.ts';

export interface UsersContract {
  /** An empty store. */
  make(): Promise<UserStore>;
  /** The same store, closed and opened again; absent where nothing outlives it. */
  reopen?: (store: UserStore) => Promise<UserStore>;
}

const stateOf = (user: string, more: Partial<CustomerState> = {}): CustomerState => ({
  ...registered({ key: `u:${user}`, user }, { name: 'casino', gamificationShare: 100 }, 1_000),
  ...more,
});
const change = (user: string, version: number, more: Partial<CustomerState> = {}): StateChange => ({
  customer: `u:${user}`,
  version,
  state: stateOf(user, more),
});

export const userStoreContract = ({ make, reopen }: UsersContract): void => {
  const promise = (sentence: string, proof: (store: UserStore) => Promise<void>): void => {
    test(sentence, async () => {
      const store = await make();
      try {
        await proof(store);
      } finally {
        await store.close();
      }
    });
  };

  promise('a customer never stored is not there', async (store) => {
    expect(await store.get('casino', 'u:nobody')).toBeUndefined();
  });

  promise('a state is read back as it was stored, whatever letters are in it', async (store) => {
    const odd = '\ud800 é 漢 😀 \u0000 \u0001';
    const state = stateOf(odd, {
      nickname: odd,
      tags: [odd],
      properties: { [odd]: { value: [odd], trust: 'server' } },
    });
    expect(await store.update('casino', [{ customer: `u:${odd}`, version: 0, state }])).toEqual([true]);
    expect(await store.get('casino', `u:${odd}`)).toEqual({ version: 1, state });
    expect((await store.list('casino', undefined, 10)).customers).toEqual([
      { customer: `u:${odd}`, version: 1, state },
    ]);
  });

  promise('a change made from an older version is not stored, and the newer one stays', async (store) => {
    await store.update('casino', [change('anna', 0, { tags: ['FIRST'] })]);
    expect(await store.update('casino', [change('anna', 1, { tags: ['SECOND'] })])).toEqual([true]);
    expect(await store.update('casino', [change('anna', 1, { tags: ['LATE'] })])).toEqual([false]);
    expect(await store.update('casino', [change('anna', 0, { tags: ['NEW'] })])).toEqual([false]);
    expect(await store.get('casino', 'u:anna')).toMatchObject({ version: 2, state: { tags: ['SECOND'] } });
  });

  promise('of changes made from one version at the same time, exactly one is stored', async (store) => {
    await store.update('casino', [change('anna', 0)]);
    const stored = await Promise.all(
      Array.from({ length: 20 }, (_, n) => store.update('casino', [change('anna', 1, { tags: [`T${n}`] })])),
    );
    expect(stored.flat().filter(Boolean)).toHaveLength(1);
  });

  promise('of several changes, those in time are stored and the others are named', async (store) => {
    await store.update('casino', [change('anna', 0)]);
    expect(await store.update('casino', [change('bob', 0), change('anna', 0), change('carl', 0)])).toEqual([
      true,
      false,
      true,
    ]);
    expect(await store.get('casino', 'u:carl')).toBeDefined();
  });

  promise('how far the log is folded goes on with the changes, and stays where one of them was late', async (store) => {
    expect(await store.folded('casino')).toBe(0);
    await store.update('casino', [change('anna', 0)], { folded: 7 });
    expect(await store.folded('casino')).toBe(7);
    await store.update('casino', [change('bob', 0), change('anna', 0)], { folded: 9 });
    expect(await store.folded('casino')).toBe(7);
    await store.update('casino', [], { folded: 12 });
    expect(await store.folded('casino')).toBe(12);
    await store.update('casino', [change('anna', 1)]);
    expect(await store.folded('casino')).toBe(12);
  });

  promise('customers are listed in the order of their keys, page after page', async (store) => {
    const names = ['b', 'a', 'd', 'c', 'é'];
    await store.update(
      'casino',
      names.map((name) => change(name, 0)),
    );
    const listed: string[] = [];
    for (let after: string | undefined, more = true; more; ) {
      const page = await store.list('casino', after, 2);
      listed.push(...page.customers.map(({ customer }) => customer));
      more = page.next !== null;
      after = page.next ?? undefined;
    }
    expect(listed).toEqual(['u:a', 'u:b', 'u:c', 'u:d', 'u:é']);
  });

  promise('one label sees nothing of another', async (store) => {
    await store.update('other', [change('anna', 0)], { folded: 5 });
    await store.keepContent('other', 'e-1', 'theirs');
    expect(await store.get('casino', 'u:anna')).toBeUndefined();
    expect(await store.folded('casino')).toBe(0);
    expect((await store.list('casino', undefined, 10)).customers).toEqual([]);
    expect(await store.content('casino', 'e-1')).toBeUndefined();
    expect(await store.update('casino', [change('anna', 0)])).toEqual([true]);
  });

  promise('what an engagement shows is kept once: the first stays', async (store) => {
    expect(await store.content('casino', 'e-1')).toBeUndefined();
    await store.keepContent('casino', 'e-1', '{"title":"first"}');
    await store.keepContent('casino', 'e-1', '{"title":"second"}');
    expect(await store.content('casino', 'e-1')).toBe('{"title":"first"}');
  });

  promise('a setting is made once: whoever comes later is given the first', async (store) => {
    expect(await store.keepSetting('push_key', 'first')).toBe('first');
    expect(await store.keepSetting('push_key', 'second')).toBe('first');
    expect(await store.keepSetting('other', 'x')).toBe('x');
  });

  promise('a state that was read is a copy: changing it changes nothing that is stored', async (store) => {
    await store.update('casino', [change('anna', 0)]);
    (await store.get('casino', 'u:anna'))!.state.tags.push('MINE');
    expect((await store.get('casino', 'u:anna'))!.state.tags).toEqual([]);
  });

  promise('after its close nothing is answered, and closing again is harmless', async (store) => {
    await store.close();
    await store.close();
    await expect(store.get('casino', 'u:anna')).rejects.toThrow();
    await expect(store.update('casino', [])).rejects.toThrow();
    await expect(store.keepSetting('a', 'b')).rejects.toThrow();
  });

  test.skipIf(!reopen)(
    `everything is there after it was closed and opened again${reopen ? '' : ' (skipped: memory ends with its process)'}`,
    async () => {
      const first = await make();
      await first.update('casino', [change('anna', 0, { tags: ['KEPT'] })], { folded: 42 });
      await first.keepContent('casino', 'e-1', 'shown');
      await first.keepSetting('push_key', 'made');
      const again = await reopen!(first);
      expect(await again.get('casino', 'u:anna')).toMatchObject({ version: 1, state: { tags: ['KEPT'] } });
      expect(await again.folded('casino')).toBe(42);
      expect(await again.content('casino', 'e-1')).toBe('shown');
      expect(await again.keepSetting('push_key', 'other')).toBe('made');
      await again.close();
    },
  );
};
