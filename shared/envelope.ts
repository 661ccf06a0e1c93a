/**
 * What is read out over the phone when an offline envelope is opened: a challenge of one group, a code of five, and the
 * opening key of eight from which approvers compute it. Each group has four characters of Crockford's base32 and one that
 * checks them, so a slip of the tongue is found, and found in its group. Pure but for the HKDF that is handed in.
 * (docs/decisions/029-an-envelope-needs-two-keys.md)
 */
import { utf8 } from './encoding.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Characters of one group that carry something; one more checks them. */
const CARRIED = 4;
const GROUP = CARRIED + 1;

/** Codes of one envelope, each good for one challenge. */
export const SLOTS = 256;

/** A kind of text: so many groups; `base` keeps the kinds, and the places of the groups, apart. */
interface Kind {
  readonly groups: number;
  readonly base: number;
}
export const CHALLENGE: Kind = { groups: 1, base: 31 };
/** 100 bits. */
export const CODE: Kind = { groups: 5, base: 0 };
/** 160 bits. */
export const OPENING_KEY: Kind = { groups: 8, base: 8 };

/** RFC 5869 with SHA-256 and no salt. */
export type Hkdf = (secret: Uint8Array, info: Uint8Array, length: number) => Promise<Uint8Array>;

/** Multiplication by x in GF(32), polynomial x⁵ + x² + 1: its powers are all 31 values, so no two weights are equal. */
const times2 = (value: number): number => ((value << 1) ^ (value & 16 ? 0x25 : 0)) & 31;
function times(value: number, power: number): number {
  let product = value;
  for (let i = 0; i < power; i++) product = times2(product);
  return product;
}

/** Finds every single wrong character and every swap of two neighbours; `place` finds swapped groups and wrong kinds. */
function checkOf(symbols: string, place: number): string {
  let sum = place;
  for (let i = 0; i < symbols.length; i++) sum ^= times(ALPHABET.indexOf(symbols.charAt(i)), i + 1);
  return ALPHABET.charAt(sum);
}

/** `7K2Q` and the like in groups with their check characters: `7K2QM-…`. `symbols` has four for each group. */
export function spell(symbols: string, kind: Kind): string {
  const groups = Array.from({ length: kind.groups }, (_, at) => {
    const group = symbols.slice(at * CARRIED, (at + 1) * CARRIED);
    return group + checkOf(group, kind.base + at);
  });
  return groups.join('-');
}

export type Read =
  | { readonly kind: 'good'; readonly symbols: string }
  /** Too short or too long. */
  | { readonly kind: 'length'; readonly characters: number; readonly wanted: number }
  /** These groups, from 1, do not fit their check character. */
  | { readonly kind: 'wrong'; readonly groups: readonly number[] };

/** Reads what a person typed: case, spaces and dashes do not matter, O is 0, I and L are 1. */
export function read(text: string, kind: Kind): Read {
  const plain = text
    .toUpperCase()
    .replace(/[\s\-–—.]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  const wanted = kind.groups * GROUP;
  if (plain.length !== wanted) return { kind: 'length', characters: plain.length, wanted };
  const wrong: number[] = [];
  let symbols = '';
  for (let at = 0; at < kind.groups; at++) {
    const group = plain.slice(at * GROUP, at * GROUP + CARRIED);
    const known = [...group].every((one) => ALPHABET.includes(one));
    if (!known || checkOf(group, kind.base + at) !== plain.charAt(at * GROUP + CARRIED)) wrong.push(at + 1);
    symbols += group;
  }
  return wrong.length > 0 ? { kind: 'wrong', groups: wrong } : { kind: 'good', symbols };
}

/** `bytes` as many symbols: five uniform bits of each. */
export const symbolsOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => ALPHABET.charAt(byte & 31)).join('');

const info = (what: string): Uint8Array => utf8(`vitrine envelope ${what} 1`);

/** Symbols of the code that answers a challenge; both sides compute it, the approver's from the opening key. */
export const codeFor = async (key: string, slot: number, hkdf: Hkdf): Promise<string> =>
  symbolsOf(await hkdf(utf8(key), info(`code ${slot}`), CODE.groups * CARRIED));

/** 12 bits that tell one opening key from another, so that the wrong sheet of paper is noticed before it is read out. */
export async function tagOf(key: string, hkdf: Hkdf): Promise<number> {
  const [high = 0, low = 0] = await hkdf(utf8(key), info('tag'), 2);
  return ((high << 8) | low) & 0xfff;
}

/** What the engineer reads out. */
export function challengeOf(tag: number, slot: number): string {
  const value = (tag << 8) | slot;
  return spell(symbolsOf(Uint8Array.of(value >> 15, value >> 10, value >> 5, value)), CHALLENGE);
}

/** Tag and slot of a challenge's symbols. */
export function challengeParts(symbols: string): { readonly tag: number; readonly slot: number } {
  const value = [...symbols].reduce((sum, one) => (sum << 5) | ALPHABET.indexOf(one), 0);
  return { tag: value >> 8, slot: value & 0xff };
}

export type Answer =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'mistyped'; readonly what: 'key' | 'challenge'; readonly read: Exclude<Read, { kind: 'good' }> }
  /** The challenge is of an envelope that another opening key opens. */
  | { readonly kind: 'other_key' };

/** The approver's side: from the opening key and the challenge to the code that is read back. */
export async function respond(openingKey: string, challenge: string, hkdf: Hkdf): Promise<Answer> {
  const key = read(openingKey, OPENING_KEY);
  if (key.kind !== 'good') return { kind: 'mistyped', what: 'key', read: key };
  const asked = read(challenge, CHALLENGE);
  if (asked.kind !== 'good') return { kind: 'mistyped', what: 'challenge', read: asked };
  const { tag, slot } = challengeParts(asked.symbols);
  if (tag !== (await tagOf(key.symbols, hkdf))) return { kind: 'other_key' };
  return { kind: 'code', code: spell(await codeFor(key.symbols, slot, hkdf), CODE) };
}

/** What is wrong with a typed text, for a person. */
export function readWords(wrong: Exclude<Read, { kind: 'good' }>, what: string): string {
  if (wrong.kind === 'length')
    return `The ${what} has ${wrong.wanted} characters, ${wrong.characters} ${wrong.characters === 1 ? 'was' : 'were'} typed.`;
  const [first, ...more] = wrong.groups;
  if (more.length === 0) return `Group ${first} of the ${what} is mistyped.`;
  return `Groups ${[first, ...more].join(', ')} of the ${what} are mistyped.`;
}
