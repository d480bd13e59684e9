/* One machine, two origins: the page on localhost frames the platform on 127.0.0.1, and the other way round. */
const other = location.hostname === '127.0.0.1' ? 'localhost' : '127.0.0.1';
document.getElementById('platform').src = `${location.protocol}//${other}:${location.port}/platform/`;
