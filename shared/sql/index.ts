/**
 * SQL by the real parser: what a text is (`classify`), where its statements stand (`split`), the form that may be
 * logged in the clear, its fingerprint. Pure functions on strings that never throw; used by the gate in main/proxy, the
 * editor's "run current", and the collector's comparison with the server's log. Not for browsers: it is WebAssembly
 * that is read from beside the bundle. (I1, I4)
 */
export { type Classified, classify, type TransactionControl } from './classify.ts';
export type { Danger } from './danger.ts';
export { fingerprint, parserReady } from './parser.ts';
export { type StatementRange, split, utf16OfCodePoint } from './split.ts';
