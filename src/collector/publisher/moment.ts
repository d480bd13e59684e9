/**
 * A date and time of ISO 8601 as milliseconds. Pure. Without a zone it is UTC: the collector's own zone is nobody's business.
 */

export interface Moment {
  /** Milliseconds since the epoch. */
  at: number;
  zone: 'given' | 'none';
}

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/** `undefined` for anything else, and for a day that no calendar has. */
export const momentIn = (value: unknown): Moment | undefined => {
  const [, day, time = '00:00', zone] = (typeof value === 'string' && ISO.exec(value)) || [];
  if (!day || Number.isNaN(Date.parse(day)) || new Date(day).toISOString().slice(0, 10) !== day) return undefined;
  const offset = /^[+-]\d\d$/.test(zone ?? '') ? `${zone}:00` : (zone?.replace(/(\d\d)(\d\d)$/, '$1:$2') ?? 'Z');
  const at = Date.parse(`${day}T${time.replace(',', '.')}${offset.toUpperCase()}`);
  return Number.isNaN(at) ? undefined : { at, zone: zone === undefined ? 'none' : 'given' };
};
