/**
 * Bundle entry of the push service worker. This version receives no push; a registered worker stays out of the way.
 */
console.warn('[smartico] smartico-sw.js: this version receives no push. (not_available)');
