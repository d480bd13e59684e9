/*
 * What every page of the platform begins with: the label, and who is playing, as the platform's server would print it. The page
 * around starts with the first of these calls; said again, they change nothing.
 */
_smartico_inframe.init('demo-label', { brand_key: 'demo-brand' });
_smartico_inframe.online('test98635568', 'EN');

/* Whom send.js sends to. */
window.demo = { session: { read: () => ({ user: 'test98635568' }) } };
