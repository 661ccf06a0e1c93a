/** A stable sort that can be paused: the language's own holds the process until it has ended. Pure. */

/** Rows that are sorted by insertion before they are merged. */
const RUN = 16;
/** Rows between two chances to pause. */
const STEP = 2048;

/** Sorts `order` in place; yields how far it is, from 0 to 1. */
export function* mergeSort(order: Uint32Array, compare: (a: number, b: number) => number): Generator<number> {
  const { length } = order;
  const passes = Math.max(1, Math.ceil(Math.log2(Math.max(1, length / RUN)))) + 1;
  let moved = 0;
  let told = 0;
  const far = (rows: number): boolean => {
    moved += rows;
    if (moved - told < STEP) return false;
    told = moved;
    return true;
  };
  for (let start = 0; start < length; start += RUN) {
    insertion(order, start, Math.min(start + RUN, length), compare);
    if (far(RUN)) yield moved / (length * passes);
  }
  let from: Uint32Array = order;
  let to: Uint32Array = new Uint32Array(length);
  for (let width = RUN; width < length; width *= 2) {
    for (let start = 0; start < length; start += 2 * width) {
      const middle = Math.min(start + width, length);
      const end = Math.min(start + 2 * width, length);
      let left = start;
      let right = middle;
      for (let out = start; out < end; out++) {
        const a = from[left] ?? 0;
        const b = from[right] ?? 0;
        if (left < middle && (right >= end || compare(a, b) <= 0)) {
          to[out] = a;
          left++;
        } else {
          to[out] = b;
          right++;
        }
        if (far(1)) yield moved / (length * passes);
      }
    }
    [from, to] = [to, from];
  }
  if (from !== order) order.set(from);
}

function insertion(order: Uint32Array, start: number, end: number, compare: (a: number, b: number) => number): void {
  for (let i = start + 1; i < end; i++) {
    const moving = order[i] ?? 0;
    let at = i;
    for (; at > start; at--) {
      const before = order[at - 1] ?? 0;
      if (compare(before, moving) <= 0) break;
      order[at] = before;
    }
    order[at] = moving;
  }
}
