/** Sizes that main and the window agree on. No schemas here, so that zod is not loaded into the page for them. (I7) */

/** Characters of one cell that cross to the window at most; a longer one is cut there and ends with a mark. */
export const CELL_CHARACTERS = 500;

/** As a setting for the rows kept of a result: more than any policy gives, so as many as the grant allows. */
export const MOST_RESULT_ROWS = 1_000_000_000;

/** Longest text that can be run at once, UTF-16. */
export const MAX_SQL = 8_000_000;

/** Results that are kept of one text; of a longer one, those of the statements that ran last. */
export const MOST_OF_A_TEXT = 200;

/** Bytes of a value that cross to the window in one part at most. */
export const MOST_OF_A_VALUE = 1024 * 1024;

/** Rows of each side that a comparison looks at. */
export const MOST_COMPARED = 200_000;

/** Results that can be pinned at once. */
export const MOST_PINNED = 40;
