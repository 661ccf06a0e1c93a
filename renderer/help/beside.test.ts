import { describe, expect, it } from 'vitest';
import { beside } from './beside.ts';

const box = (left: number, top: number, right: number, bottom: number) => ({ left, top, right, bottom });
const card = { width: 380, height: 150 };

describe('the words of the tour', () => {
  it.each([
    ['below a bar', box(0, 0, 1280, 48), { left: 14, top: 62 }],
    ['above a status bar', box(0, 774, 1280, 800), { left: 14, top: 610 }],
    ['right of a side bar', box(0, 48, 264, 774), { left: 278, top: 48 }],
    ['left of a pane at the right', box(700, 0, 1280, 800), { left: 306, top: 14 }],
    ['inside of what fills the window', box(0, 0, 1280, 800), { left: 886, top: 636 }],
    ['inside the window beside a small button at its edge', box(1140, 10, 1224, 38), { left: 886, top: 52 }],
  ])('stand %s', (_where, ring, place) => expect(beside(ring, card, 1280, 800)).toEqual(place));
});
