/** How well a name answers what was typed: its beginning, then the beginning of a word, then inside, then letters in order. Pure. */

const RANKS = { prefix: 4, word: 3, inside: 2, fuzzy: 1 } as const;

/**
 * Null where it does not answer. Higher is better; among equals the shorter name. `letters`: letters in order are enough
 * (`sto` for `stuck orders`); not for texts, in which everything can be found.
 */
export function rankOf(name: string, typed: string, letters = true): number | null {
  const wanted = typed.trim().toLowerCase();
  const text = name.toLowerCase();
  if (wanted === '') return 0;
  const rank = whole(text, wanted) ?? byWords(text, wanted) ?? (letters && inOrder(text, wanted) ? RANKS.fuzzy : null);
  return rank === null ? null : rank - Math.min(name.length, 999) / 1000;
}

function whole(text: string, wanted: string): number | null {
  if (text.startsWith(wanted)) return RANKS.prefix;
  const at = startsOfWords(text).find((start) => text.startsWith(wanted, start));
  if (at !== undefined) return RANKS.word;
  return text.includes(wanted) ? RANKS.inside : null;
}

/** Every word that was typed is there, in any order: as good as the worst of them, and no beginning of the whole. */
function byWords(text: string, wanted: string): number | null {
  const words = wanted.split(/\s+/);
  if (words.length === 1) return null;
  let worst: number = RANKS.word;
  for (const word of words) {
    const rank = whole(text, word);
    if (rank === null) return null;
    worst = Math.min(worst, rank);
  }
  return worst;
}

function inOrder(text: string, wanted: string): boolean {
  let at = 0;
  for (const letter of wanted.replace(/\s+/g, '')) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

const startsOfWords = (text: string): number[] => [...text.matchAll(/[\p{L}\p{N}]+/gu)].map(({ index }) => index);
