/**
 * Bundle entry of what is drawn over the page, loaded on first use. This version draws nothing and says so once.
 */
console.warn('[smartico] smartico_ui.js: this version draws nothing. (not_available)');
