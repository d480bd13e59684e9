/**
 * An origin as browsers write it: scheme, host in small letters, the port if it is not the usual one. Owns the form
 * alone; whose origin may do what is for others. An opaque origin (`null`) is nobody's, and is none here.
 */

/** UTF-16 units: a host name has at most 253. */
export const ORIGIN_LENGTH = 255;

const ORIGIN = /^(https?):\/\/(?:[a-z0-9._-]+|\[[0-9a-f:]+\])(?::([1-9]\d{0,4}))?$/;
const usualPort: { [scheme: string]: string } = { http: '80', https: '443' };

export const isOrigin = (value: unknown): value is string => {
  if (typeof value !== 'string' || value.length > ORIGIN_LENGTH) return false;
  const [, scheme = '', port = ''] = ORIGIN.exec(value) ?? [];
  return scheme !== '' && port !== usualPort[scheme] && Number(port) < 65_536;
};
