/**
 * Saved queries: the panel of the side bar, the link from a tab to the query it was opened from, and what a person is asked
 * about them. Main keeps them; here is only what it last said. Row data is never part of one. (I8)
 *
 *   tree    what the panel's tree shows and what its keys do (pure); details  what a form says of a query (pure)
 *   store   what main last said; use-links  how each tab stands to its query
 *   use-saved  all of it together, for the work area
 */
export { type SavedHandle, useSaved } from './use-saved.tsx';
