/**
 * What things are called in the cluster. Every name begins with the address's `name`; labels and customers are tokens in
 * subjects and keys, so that what is one label's or one customer's can be followed, allowed or purged by its name.
 */

/**
 * Any JavaScript string as one token of a subject, exactly and back again: letters, digits, "-" and "_" stay readable, of
 * anything else each UTF-16 unit is `=` and four hex digits, so that two ids which differ only in a lone surrogate are two.
 */
export const toToken = (text: string): string =>
  text === '' ? '=' : text.replace(/[^A-Za-z0-9_-]/g, (unit) => `=${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

export const fromToken = (token: string): string =>
  token === '='
    ? ''
    : token.replace(/=([0-9a-f]{4})/g, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)));

export interface Names {
  /** Of events, and of what is ordered for them: the one log. */
  events: string;
  /** Every subject of that stream. */
  allEvents: string;
  /** Groups of submissions. */
  said: (label: string) => string;
  /** Erasures, purges, rules of the registry: kept as long as the log. */
  ordered: (label: string) => string;
  /** Bucket: groups from which something was erased, by their place in the stream. */
  rewritten: string;
  /** Bucket: customers' documents, by label and customer. */
  customers: string;
  /** Bucket: how far each label is folded. */
  progress: string;
  /** Bucket: keys and settings that are drawn once. */
  settings: string;
  /** Bucket whose keys end by themselves: who is there, and who follows which label. */
  holders: string;
  /** Of what was sent to customers, and why. */
  report: string;
  allReport: string;
  reportOf: (label: string, customer: string) => string;
  /** Of words that are kept by themselves. */
  wordsOf: (label: string, id: string) => string;
  /** What is said to every copy of the label's report. */
  reportOrdered: (label: string) => string;
  /** Everything of the label in that stream. */
  wholeReportOf: (label: string) => string;
  /** Not kept: for whoever listens now. */
  push: (label: string, customer: string) => string;
  allPushes: string;
}

export const namesOf = (name: string): Names => ({
  events: `${name}_events`,
  allEvents: `${name}.events.>`,
  said: (label) => `${name}.events.${toToken(label)}.said`,
  ordered: (label) => `${name}.events.${toToken(label)}.ordered`,
  rewritten: `${name}_rewritten`,
  customers: `${name}_customers`,
  progress: `${name}_progress`,
  settings: `${name}_settings`,
  holders: `${name}_holders`,
  report: `${name}_report`,
  allReport: `${name}.report.>`,
  reportOf: (label, customer) => `${name}.report.${toToken(label)}.${toToken(customer)}`,
  wordsOf: (label, id) => `${name}.report.${toToken(label)}.words.${toToken(id)}`,
  reportOrdered: (label) => `${name}.report.${toToken(label)}.ordered`,
  wholeReportOf: (label) => `${name}.report.${toToken(label)}.>`,
  push: (label, customer) => `${name}.push.${toToken(label)}.${toToken(customer)}`,
  allPushes: `${name}.push.>`,
});

/** A customer's key in their bucket. */
export const customerKey = (label: string, customer: string): string => `${toToken(label)}.${toToken(customer)}`;
