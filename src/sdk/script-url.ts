/**
 * Addresses of scripts as a page under `require-trusted-types-for 'script'` wants them: through a policy of ours, which is
 * asked only for files of ours.
 */
interface TrustedTypes {
  createPolicy(name: string, rules: object): { createScriptURL(url: string): string };
}

export const scriptUrls = (root: { [name: string]: unknown }, name: string): ((address: string) => string) => {
  let policy: ReturnType<TrustedTypes['createPolicy']> | undefined;
  return (address) => {
    policy ??= (root.trustedTypes as TrustedTypes | undefined)?.createPolicy(name, {
      createScriptURL: (url: string) => url,
    });
    return policy?.createScriptURL(address) ?? address;
  };
};
