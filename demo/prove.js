/*
 * What the operator's server does at login: a hash proves to the collector that this page may speak for this customer.
 * The salt stays on a real server. This site has none, and its salt is printed in README.
 */
window.demo.prove = async (user) => {
  const bytes = (text) => new TextEncoder().encode(text);
  const part = (text) => `${bytes(text).length}:${text}`;
  const validity = Date.now() + 86_400_000;
  const key = await crypto.subtle.importKey('raw', bytes('demo-salt'), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  const signed = await crypto.subtle.sign('HMAC', key, bytes(part('demo-label') + part(user) + part(`${validity}`)));
  const base64 = btoa(String.fromCharCode(...new Uint8Array(signed)));
  return `v2.${base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}:${validity}`;
};
