/** An address as a log may keep it: the network, not the household. */
export const maskAddress = (address: string): string => {
  const v4 = /(?:^|:)(\d+\.\d+\.\d+)\.\d+$/.exec(address);
  if (v4) return `${v4[1]}.0/24`;
  const [head = ''] = address.split('::');
  return `${head.split(':').slice(0, 3).filter(Boolean).join(':')}::/48`;
};
