/** What a collector's process holds in memory, as it says itself. */
export const residentMegabytes = async (collector: { url: string }): Promise<number> => {
  const metrics = await (await fetch(`${collector.url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\d+)/m.exec(metrics)?.[1]) / 1024 / 1024;
};
