/**
 * What `unsubscribe_url` renders as. The customer's own link takes its place when the e-mail leaves: words that are kept and
 * shown to an operator unsubscribe nobody.
 */
export const unsubscribePlace = 'https://unsubscribe.invalid/';
