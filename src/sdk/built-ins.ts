/**
 * The language's own parts as they were when the SDK loaded: the build hands them to every file in place of the window's. A
 * page may replace those later (Zone.js, polyfills, a test's fakes); what keeps its events must not depend on how well.
 */
const { Blob: blob, Promise: promise, Response: response } = globalThis;

export { blob as Blob, promise as Promise, response as Response };
