/**
 * Questions to the catalog for the schema tree, the pages of objects and the neighbourhood of a table. Each is one query
 * that the introspection sends through the relay, never before a statement of the user that waits. (I1)
 */
export { neighboursQuestion } from './neighbours.ts';
export type { CatalogQuestion } from './question.ts';
export { sectionQuestion } from './sections.ts';
export { columnsQuestion, itemsQuestion, treeQuestion } from './tree.ts';
