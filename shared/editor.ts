/** Sizes that main and the editor agree on. No schemas here, so that zod is not loaded into the page for them. (I7) */

/** Longest text that is split, checked, formatted or searched for parameters, UTF-16. */
export const MAX_CHECKED = 2_000_000;

/** Longest text of a tab that is saved, UTF-16. */
export const MAX_TAB_TEXT = 64_000_000;

/** Most parameters of one text that are asked for. */
export const MAX_PARAMETERS = 100;

export const MAX_SNIPPETS = 1000;
