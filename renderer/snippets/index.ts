/**
 * Snippets of one's own: short texts under a prefix, with places to fill in (`${1:name}`). Kept by main in the workspace;
 * the page has one store of them, which the list edits and the completion reads (`store.list()`).
 */
export { SnippetList } from './SnippetList.tsx';
export { fromSelection } from './snippet.ts';
export { createSnippetStore, type SnippetStore, useSnippets } from './store.ts';
