/**
 * What a script weighs on its way to a page.
 */
import { brotliCompressSync, gzipSync } from 'node:zlib';

export interface Weight {
  raw: number;
  gzip: number;
  brotli: number;
}

export const weigh = (script: string): Weight => {
  const bytes = Buffer.from(script);
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes).length,
  };
};

/** `raw / gzip / brotli`, of all of them together. */
export const weightsTold = (weights: Weight[]): string =>
  (['raw', 'gzip', 'brotli'] as const)
    .map((kind) => weights.reduce((sum, weight) => sum + weight[kind], 0).toLocaleString('en-US'))
    .join(' / ');
