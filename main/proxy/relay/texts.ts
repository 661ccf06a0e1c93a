/**
 * What texts are, remembered: drivers, tools and introspection send the same ones again and again, often with nothing but
 * other values in them. A text is read by the real parser once, and so is a shape (`shared/sql/shape.ts`): when a shape
 * comes back, three texts of it with other values are read and compared, and only where all agree, and nothing about
 * them was decided by a value, does the answer stand for every text of that shape. (I4)
 */
import { type Classified, classify, shapeOf, textOfShape } from '../../../shared/sql/index.ts';

const KEPT = 512;
const LONGEST = 4096;

/** Drops what was put in first when it is full. */
class Recent<Value> {
  readonly #values = new Map<string, Value>();
  get(key: string): Value | undefined {
    return this.#values.get(key);
  }
  set(key: string, value: Value): void {
    if (this.#values.size >= KEPT) this.#values.delete(this.#values.keys().next().value ?? '');
    this.#values.set(key, value);
  }
}

const texts = new Recent<Classified>();
/** Null: its texts have to be read one by one. */
const shapes = new Recent<Classified | null>();
/** Shapes that came once. Most come only once, and are not worth the comparison. */
const seen = new Recent<true>();

/** As {@link classify}, which it calls at most once per text and a few times per shape. */
export function classifyKnown(text: string): Classified {
  if (text.length > LONGEST) return classify(text);
  const shape = shapeOf(text);
  if (shape === null || shape.constants === 0) return known(text);
  const shared = shapes.get(shape.key);
  if (shared !== undefined) return shared ?? known(text);
  const classified = known(text);
  if (seen.get(shape.key) === undefined) seen.set(shape.key, true);
  else shapes.set(shape.key, holdsForAll(shape.key, classified) ? classified : null);
  return classified;
}

function known(text: string): Classified {
  const before = texts.get(text);
  if (before !== undefined) return before;
  const classified = classify(text);
  // An empty message of the parser can pass (it was being replaced); only what was read is kept.
  if (classified.kind !== 'unparsed') texts.set(text, classified);
  return classified;
}

/**
 * Constants of which none is like another, nor as long: one that shows through in any part of the answer is noticed, and
 * so is a place in the text that depends on the length of what stands before it.
 */
const others = [
  ['0', "''"],
  ['24', "'on'"],
  ['999999999', "'vitrine'"],
] as const;

function holdsForAll(key: string, classified: Classified): boolean {
  // The grammar itself looks at one value: float(1) to float(24) is another type than float(25) to float(53).
  if (classified.literalsMatter || /float/i.test(key)) return false;
  const expected = JSON.stringify(classified);
  return others.every(([integer, string]) => JSON.stringify(classify(textOfShape(key, integer, string))) === expected);
}
