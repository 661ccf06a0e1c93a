import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const tokens = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

type Triple = readonly [number, number, number];

/** The tokens of one theme, by name. */
function themeOf(name: 'dark' | 'light'): ReadonlyMap<string, string> {
  const block = new RegExp(`\\[data-theme="${name}"\\] \\{([^}]*)\\}`).exec(tokens)?.[1] ?? '';
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, key = '', value = '']) => [key, value]));
}

const linear = (hex: string): Triple => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return [r, g, b];
};
const times = (rows: readonly Triple[], [r, g, b]: Triple): Triple => {
  const [x = 0, y = 0, z = 0] = rows.map((row) => row[0] * r + row[1] * g + row[2] * b);
  return [x, y, z];
};

/** WCAG 2.2, relative luminance and contrast. */
const luminance = (hex: string): number => times([[0.2126, 0.7152, 0.0722]], linear(hex))[0];
const contrast = (a: string, b: string): number => {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};

/** How the eyes of some people see linear RGB: Machado, Oliveira and Fernandes 2009, severity 1. */
const eyes: Readonly<Record<string, readonly Triple[]>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Distance in OKLab: about 0.02 is just seen between neighbouring areas, more is wanted between small shapes. */
function distance(a: string, b: string, seen: readonly Triple[]): number {
  const lab = (hex: string): Triple => {
    const [r, g, blue] = times(seen, linear(hex));
    const cone = times(
      [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
      ],
      [Math.max(0, Math.min(1, r)), Math.max(0, Math.min(1, g)), Math.max(0, Math.min(1, blue))],
    );
    return times(
      [
        [0.2104542553, 0.793617785, -0.0040720468],
        [1.9779984951, -2.428592205, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.808675766],
      ],
      [Math.cbrt(cone[0]), Math.cbrt(cone[1]), Math.cbrt(cone[2])],
    );
  };
  const [one, other] = [lab(a), lab(b)];
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

const names = ['blue', 'pink', 'olive', 'brown', 'grey'] as const;
const pairs = names.flatMap((a, n) => names.slice(n + 1).map((b) => [a, b] as const));

describe.each(['dark', 'light'] as const)('the colours of targets, %s', (theme) => {
  const all = themeOf(theme);
  const of = (name: string): string => all.get(name) ?? '';

  it('have AA contrast on every surface they stand on', () => {
    for (const name of names)
      for (const surface of ['bg', 'surface', 'raised'])
        expect(contrast(of(`target-${name}`), of(surface)), `${name} on ${surface}`).toBeGreaterThanOrEqual(4.5);
  });
  it.each(Object.entries(eyes))('are told apart by eyes with %s vision', (_eye, seen) => {
    for (const [a, b] of pairs)
      expect(distance(of(`target-${a}`), of(`target-${b}`), seen), `${a}, ${b}`).toBeGreaterThan(0.08);
  });
  it('are none of the colours of the glass', () => {
    const usual = eyes.usual ?? [];
    for (const name of names)
      for (const state of ['live', 'warn', 'danger', 'ok', 'write'])
        expect(distance(of(`target-${name}`), of(state), usual), `${name}, ${state}`).toBeGreaterThan(0.07);
  });
});
