/** Where words stand that belong to a place on the page. Pure. */

/** Room between the place and the words, and to the edge of the window, px. */
const GAP = 14;

/** Below, above, right, left of the ring, where there is room first; else inside its lower right corner. */
export function beside(
  ring: Pick<DOMRect, 'left' | 'right' | 'top' | 'bottom'>,
  size: Pick<DOMRect, 'width' | 'height'>,
  width: number,
  height: number,
): { left: number; top: number } {
  const inside = (value: number, most: number) => Math.max(GAP, Math.min(value, most - GAP));
  const left = inside(ring.left, width - size.width);
  const top = inside(ring.top, height - size.height);
  if (ring.bottom + GAP + size.height + GAP <= height) return { left, top: ring.bottom + GAP };
  if (ring.top - GAP - size.height >= GAP) return { left, top: ring.top - GAP - size.height };
  if (ring.right + GAP + size.width + GAP <= width) return { left: ring.right + GAP, top };
  if (ring.left - GAP - size.width >= GAP) return { left: ring.left - GAP - size.width, top };
  return {
    left: inside(ring.right - size.width - GAP, width - size.width),
    top: inside(ring.bottom - size.height - GAP, height - size.height),
  };
}
