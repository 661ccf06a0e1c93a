/** In which ways a value can be looked at, best first. Pure. */
import { elementsOf } from './array.ts';
import { bytesOf, isHex, PREFIX, pictureOf } from './bytea.ts';
import { isJson } from './json.ts';

export type Look = 'text' | 'tree' | 'list' | 'hex' | 'picture';
export const lookWords: Readonly<Record<Look, string>> = {
  text: 'Text',
  tree: 'Tree',
  list: 'List',
  hex: 'Hex',
  picture: 'Picture',
};

/** Bytes of a picture that say what it is; a JPEG may have a long preface. */
const HEAD = 64 * 1024;
/** Longer texts of other types are not tried as JSON. */
const MOST_TRIED = 1_000_000;

/** `text` is the beginning of the value, or all of it where `whole`. */
export function lookOf(type: string, text: string, whole: boolean): Look[] {
  if (type === 'bytea' && isHex(text)) {
    const picture = pictureOf(bytesOf(text.slice(PREFIX, PREFIX + 2 * HEAD)));
    return picture === null ? ['hex', 'text'] : ['picture', 'hex', 'text'];
  }
  if (type === 'json' || type === 'jsonb') return /^\s*[[{]/.test(text) ? ['tree', 'text'] : ['text'];
  if (whole && type.endsWith('[]') && elementsOf(text) !== null) return ['list', 'text'];
  if (whole && text.length <= MOST_TRIED && isJson(text)) return ['tree', 'text'];
  return ['text'];
}
