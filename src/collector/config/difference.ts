/**
 * What a new config changes, by name: for the log, since nobody reads a whole config to find out. Pure.
 */
import type { Config, Label } from './config.ts';

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const changedNames = (before: object, after: object): string[] => {
  const old = new Map<string, unknown>(Object.entries(before));
  const fresh = new Map<string, unknown>(Object.entries(after));
  return [...new Set([...old.keys(), ...fresh.keys()])].filter((name) => !isSame(old.get(name), fresh.get(name)));
};

const changedInLabel = (before: Label, after: Label): string[] => {
  const { written: writtenBefore, ...restBefore } = before;
  const { written: writtenAfter, ...restAfter } = after;
  const rest = changedNames(restBefore, restAfter).filter((name) => !Object.hasOwn(writtenBefore, name));
  const named = changedNames(writtenBefore, writtenAfter).flatMap((kind) => {
    const at = kind as keyof Label['written'];
    const names = changedNames(writtenBefore[at], writtenAfter[at]);
    // The same ones in another order: the first campaign goes first.
    return names.length > 0 ? names.map((name) => `${kind}.${name}`) : [kind];
  });
  return [...rest, ...named];
};

/** `Casino: campaigns.Welcome`, `Casino: keys`, `Poker: new`, `Bingo: gone` */
export const configDifference = (before: Config, after: Config): string[] => {
  const old = new Map(before.labels.map((label) => [label.name, label]));
  const fresh = new Map(after.labels.map((label) => [label.name, label]));
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((name) => {
    const [was, is] = [old.get(name), fresh.get(name)];
    if (!was) return [`${name}: new`];
    return is ? changedInLabel(was, is).map((what) => `${name}: ${what}`) : [`${name}: gone`];
  });
};
