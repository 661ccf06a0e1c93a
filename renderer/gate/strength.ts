/**
 * A hint, not a rule: the only rule is eight characters. Length counts most, because the key is derived with scrypt and
 * guessed offline; a second kind of character helps a little, repetition not at all.
 */
export interface Strength {
  /** 0: too short to use, 4: long. */
  readonly level: 0 | 1 | 2 | 3 | 4;
  readonly words: string;
}

export function strength(passphrase: string): Strength {
  const length = [...passphrase].length;
  if (length === 0) return { level: 0, words: 'At least 8 characters. Four or five random words are best.' };
  if (length < 8) return { level: 0, words: `${8 - length} more ${length === 7 ? 'character' : 'characters'}.` };
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) => kind.test(passphrase)).length;
  const different = new Set(passphrase).size;
  const score = Math.min(length, different * 2) + (kinds - 1) * 2;
  if (score < 12) return { level: 1, words: 'Easy to guess. Make it longer.' };
  if (score < 17) return { level: 2, words: 'Fair. A few words more would make it strong.' };
  if (score < 24) return { level: 3, words: 'Good.' };
  return { level: 4, words: 'Strong.' };
}
