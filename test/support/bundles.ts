/** The bundles as pages get them, run in a window of a test. */
import { buildSync } from 'esbuild';
import type { Device, Page } from './sdk-platform.ts';

const bundle = (entry: string): string =>
  buildSync({
    entryPoints: [`src/sdk/${entry}.ts`],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2021',
    define: { VERSION: '"1.2.3"', ROOMS: '{}' },
  }).outputFiles[0]?.text ?? '';

const run = (text: string, globals: object): void => {
  new Function(...Object.keys(globals), text)(...Object.values(globals));
};

let stub: string | undefined;
/** Pastes the stub into the page's head. */
export const pasteStub = ({ disk }: Device, { root }: Page): void => {
  stub ??= bundle('stub');
  run(stub, {
    window: root,
    localStorage: disk,
    location: root.location,
    document: root.document,
    navigator: root.navigator,
  });
};

let sdk: string | undefined;
/** Loads `smartico.js` by a script tag with these `data-*` attributes. */
export const loadScript = (
  { disk }: Device,
  { root }: Page,
  dataset: object,
  src = 'https://events.op.example/smartico.js',
) => {
  sdk ??= bundle('browser');
  Object.defineProperty(root, 'localStorage', { configurable: true, value: disk });
  Object.defineProperty(root, 'sessionStorage', { configurable: true, value: Object.create(null) });
  const document = new Proxy(root.document, {
    get: (target, key) => (key === 'currentScript' ? { dataset, src } : Reflect.get(target, key, target)),
  });
  run(sdk, { window: root, document });
};
