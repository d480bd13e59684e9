/**
 * How far the word of whoever sent an event counts. Pure.
 */
import type { Trust } from '../../wire/event.ts';

export const trusts = ['server', 'verified', 'unverified'] as const satisfies readonly Trust[];

export const trustRank: { [trust in Trust]: number } = { unverified: 0, verified: 1, server: 2 };

export const isAtLeast = (trust: Trust, least: Trust): boolean => trustRank[trust] >= trustRank[least];
