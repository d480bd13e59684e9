/**
 * Whether a page runs on somebody's own machine, where its users are phantoms that must not reach a collector by accident.
 */
export const isLocalhost = ({ protocol, hostname }: { protocol: string; hostname: string }): boolean =>
  protocol === 'file:' ||
  /^(.+\.)?localhost$/i.test(hostname) ||
  /^127(\.\d{1,3}){3}$/.test(hostname) ||
  hostname === '[::1]';
