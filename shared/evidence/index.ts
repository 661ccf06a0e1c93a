/**
 * The database as a second witness (docs/threat-model.md): what a PostgreSQL server says in its own log about one role,
 * compared with what the device recorded. Pure functions on strings; the caller reads the files and brings the parser.
 * Used by the proofs of the proxy, and meant for the collector's evidence. (I2, I5)
 */
export { type LogLine, readCsvlog } from './csvlog.ts';
export { type Said, said, type Tagged, untagged } from './said.ts';
export { type Finding, type RecordedSession, type Verdict, witness } from './witness.ts';
