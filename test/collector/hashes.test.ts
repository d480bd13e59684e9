/** User hashes in both published forms. The fixed vectors were made with md5sum and openssl, not with this code. */
import { describe, expect, test } from 'vitest';
import { checkHash, type HashRules, momentOfProof } from '../../src/collector/hashes.ts';

const validity = 1_893_456_000_000;
const now = 1_737_986_306_201;
const day = 86_400_000;
const rules: HashRules = {
  labelKeys: ['demo-label'],
  salts: ['demo-salt'],
  maxValidityDays: null,
  graceDays: 7,
  form: 'any',
};
const md5 = `0018cffe2619f9fd7c3316933a26fd3d:${validity}`;
const kate = `047251971f86aab25bf3cdc2310802b6:${validity}`;
const v2 = `v2.jzZFZ6NK5eKdLPUvpI51IuEVW51jPsqFSltNeVsqZpM:${validity}`;
const held = { is: 'held', until: validity };
const wrong = { is: 'wrong' };

describe.each<[string, string, string | undefined, Partial<HashRules>, object]>([
  ['the published form', 'test98635568', md5, {}, held],
  ['the published form in capitals', 'test98635568', md5.toUpperCase(), {}, held],
  ['an id in another case', 'TEST98635568', md5, {}, held],
  ['another id', 'test98635569', md5, {}, wrong],
  ['another salt', 'test98635568', md5, { salts: ['other-salt'] }, wrong],
  ['the older of two salts', 'test98635568', md5, { salts: ['new-salt', 'demo-salt'] }, held],
  ['the md5 form where only v2 is accepted', 'test98635568', md5, { form: 'v2' }, wrong],
  ['the v2 form where only it is accepted', 'test98635568', v2, { form: 'v2' }, held],
  ['no salt', 'test98635568', md5, { salts: [] }, wrong],
  ['another validity', 'test98635568', md5.replace('1893', '1993'), {}, wrong],
  ['the v2 form', 'test98635568', v2, {}, held],
  ['the v2 form with an id in another case', 'TEST98635568', v2, {}, wrong],
  ['the v2 form under another label', 'test98635568', v2, { labelKeys: ['other-label'] }, wrong],
  [
    'the v2 form under the older of two label keys',
    'test98635568',
    v2,
    { labelKeys: ['new-label', 'demo-label'] },
    held,
  ],
  ['the v2 form with another validity', 'test98635568', v2.replace('1893', '1993'), {}, wrong],
  ['an id outside ASCII in the published form, which folds it into another', '\u212Aate', kate, {}, wrong],
  ['that other id', 'Kate', kate, {}, held],
  ['none', 'test98635568', undefined, {}, { is: 'missing' }],
  ['an empty one', 'test98635568', '', {}, { is: 'malformed' }],
  ['31 characters', 'test98635568', md5.slice(1), {}, { is: 'malformed' }],
  ['33 characters', 'test98635568', `0${md5}`, {}, { is: 'malformed' }],
  ['no validity', 'test98635568', md5.slice(0, 33), {}, { is: 'malformed' }],
  ['a validity that is no number', 'test98635568', `${md5.slice(0, 33)}soon`, {}, { is: 'malformed' }],
  ['a validity beyond the label’s setting', 'test98635568', md5, { maxValidityDays: 30 }, wrong],
])('A5 hash: %s', (_, user, hash, more, wanted) => {
  test(`is ${JSON.stringify(wanted)}`, () =>
    expect(checkHash(user, hash, { ...rules, ...more }, now)).toMatchObject(wanted));
});

describe('the moment a proof must hold at', () => {
  test('is the event’s, so that a queue that was offline keeps its proof', () => {
    expect(momentOfProof(now - 3 * day, now, 7)).toBe(now - 3 * day);
  });
  test('is no earlier than the grace before receipt, since anybody can claim a date', () => {
    expect(momentOfProof(now - 30 * day, now, 7)).toBe(now - 7 * day);
  });
  test('is no later than receipt, where a clock is ahead', () => {
    expect(momentOfProof(now + day, now, 7)).toBe(now);
  });
});
