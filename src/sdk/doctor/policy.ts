/**
 * Hears the page's content security policy while something is fetched from one host. A failed request tells nobody why it
 * failed; the policy does, to whoever listens at that moment.
 */
export interface PolicyEar {
  /** The directive that forbade it, e.g. `connect-src`; empty if none did. */
  directive(): string;
  rest(): void;
}

export const hearPolicy = (root: Window, address: string): PolicyEar => {
  const hostOf = (url: string) => url.split('/')[2] ?? root.location.host;
  const host = hostOf(address);
  let forbidden = '';
  const hear = ({ blockedURI, disposition, effectiveDirective }: SecurityPolicyViolationEvent) => {
    // A policy that only reports stops nothing.
    if (disposition === 'enforce' && hostOf(blockedURI) === host) forbidden ||= effectiveDirective;
  };
  root.document.addEventListener('securitypolicyviolation', hear);
  return {
    directive: () => forbidden,
    rest: () => root.document.removeEventListener('securitypolicyviolation', hear),
  };
};
