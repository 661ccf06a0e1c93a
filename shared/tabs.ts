/** Sizes of tabs that main and the window agree on. No schemas here, so that zod is not loaded into the page for them. (I7) */

/** Tabs that can be opened again after they were closed. */
export const MOST_CLOSED = 20;
