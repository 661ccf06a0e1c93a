/** How well a name fits what is typed: the whole, its beginning, the beginning of a word in it, letters in their order. */
export const NO_FIT = 9;

/**
 * 0 to 4, less is better: 0 the same, 1 begins with it, 2 a word in it begins with it, 3 its words begin with its parts
 * (`binv` for `billing_invoice`), 4 has its first letter and the others in order; {@link NO_FIT} else. Both in lower case.
 */
export function fitOf(name: string, typed: string): number {
  if (typed === '') return 1;
  if (name.startsWith(typed)) return name.length === typed.length ? 0 : 1;
  if (typed.length > name.length) return NO_FIT;
  for (let at = name.indexOf(typed, 1); at > 0; at = name.indexOf(typed, at + 1)) if (startsWord(name, at)) return 2;
  if (byParts(name, typed, 0, 0)) return 3;
  // Whoever leaves letters out keeps the first.
  if (name[0] !== typed[0]) return NO_FIT;
  let found = 0;
  for (let i = 0; i < name.length && found < typed.length; i++) if (name[i] === typed[found]) found++;
  return found === typed.length ? 4 : NO_FIT;
}

const SEPARATOR = /[^\p{L}\p{N}]/u;
const startsWord = (name: string, at: number): boolean => at === 0 || SEPARATOR.test(name[at - 1] ?? '');

function byParts(name: string, typed: string, at: number, from: number): boolean {
  if (from === typed.length) return true;
  if (from > 0 && SEPARATOR.test(typed[from] ?? '')) return byParts(name, typed, at, from + 1);
  for (let i = at; i < name.length; i++) {
    if (!startsWord(name, i)) continue;
    let n = 0;
    while (from + n < typed.length && name[i + n] === typed[from + n]) n++;
    for (let used = n; used > 0; used--) if (byParts(name, typed, i + used, from + used)) return true;
  }
  return false;
}
