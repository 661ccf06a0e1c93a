/**
 * What the editor knows about the SQL that somebody types: pure functions over a text, a cursor and an indexed catalogue.
 * Nothing here reaches the database, and nothing is ever run from it; a name from the catalogue is text (I7). Called by
 * `editor/providers.ts` only.
 *
 *   tokens, tree      the text, whatever state it is in: tokens, the statement at the cursor, its parentheses
 *   clauses, scope    which relations are in scope under which names, with their columns
 *   where             what belongs at the cursor
 *   columns, relations, functions, keywords, snippets   what is offered there; offer and fit put it in order
 *   complete, meaning, signature   the three answers: completion, hover, signature help; goal where a name leads
 *   catalogue         the lookups
 */
export { type CatalogueIndex, empty, indexed, indexing } from './catalogue.ts';
export { complete } from './complete.ts';
export { type Goal, goalOf } from './goal.ts';
export { type Meaning, meaningOf } from './meaning.ts';
export type { Item } from './offer.ts';
export { type Signatures, signatureAt } from './signature.ts';
export type { Snippet } from './snippets.ts';
