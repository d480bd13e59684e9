/**
 * Bundle entry for a platform in an iframe. This version has no bridge to the host's page yet and says so once.
 */
console.warn(
  '[smartico] smartico_inframe.js: this version has no bridge; load smartico.js in the frame instead. (not_available)',
);
