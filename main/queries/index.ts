/**
 * Saved queries: texts that a person named and keeps, in folders, with descriptions and defaults of their parameters. Row
 * data is never in here (I8). Called by `main/handlers.ts` only.
 *
 *   front    a text with its details in a comment above it: a file on the disk, and a `.sql` that is exported or read (pure)
 *   bundle   several of them in one `.json` (pure)
 *   files    the folder on the disk: whole files, several at once or none, damaged ones put aside
 *   library  what there is, and every change of it; folders  which folders and how many there may be (pure)
 *   rules    what a query must be, wherever it comes from (pure)
 *   plan     what reading files would do (pure); read  the files that a person chose; exchange  both ways through a dialog
 */
export { type Exchange, openExchange } from './exchange.ts';
export { type Library, openLibrary } from './library.ts';
