/**
 * SQL by the real parser: what a text is and does (`classify`), where its statements stand (`split`), the form that may
 * be logged in the clear, its fingerprint. Pure functions on strings that never throw; used by the gate in main/proxy,
 * the editor's "run current", and the collector's comparison with the server's log. Not for browsers: it is WebAssembly
 * that is read from beside the bundle. (I1, I4)
 *
 *   parser, tree    the parse tree and the ways through it
 *   inspect         one walk that collects what the gate decides on, with the tables in effects, functions, settings
 *   danger, where   shapes that are asked about once
 *   script          a text as the editor runs it
 *   findings, scope   what can be said about a text before it runs
 *   parts         the queries around a cursor
 *   parameters    `:name` and `$1`, and literals in their places
 *   explain         what asks for its plan
 *   lexer, split, normalise
 */
export { type Classified, classify, type TransactionControl } from './classify.ts';
export type { Danger } from './danger.ts';
export type { Effect, EffectKind } from './effects.ts';
export { type Explained, explainOf, type NoPlan } from './explain.ts';
export { type Finding, findings } from './findings.ts';
export { numberedFunctions } from './functions.ts';
export type { Deeds, NameStep } from './inspect.ts';
export { tokens } from './lexer.ts';
export { fill, masked, parametersOf } from './parameters.ts';
export { fingerprint, MAX_PARSED_BYTES, parserReady } from './parser.ts';
export { partsAt } from './parts.ts';
export { readScript, type ScriptStatement, type TransactionStep, transactionStep } from './script.ts';
export { type Fence, leavesFence, type Setting } from './settings.ts';
export { shapeOf, textOfShape } from './shape.ts';
export { codePointOfByte, pieces, type StatementRange, split, utf16OfCodePoint } from './split.ts';
export { onlyTable, tableParts } from './table.ts';
