/** Remembers where the window was. A file that cannot be read or written costs the position, nothing else. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

export const MINIMUM = { width: 900, height: 560 } as const;
const DEFAULT: WindowState = { width: 1440, height: 900, x: null, y: null, maximized: false };

const windowState = z.strictObject({
  width: z.int().min(MINIMUM.width).max(20_000),
  height: z.int().min(MINIMUM.height).max(20_000),
  x: z.int().nullable(),
  y: z.int().nullable(),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowState>;
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The last state, or the default one where there is none or the screen that it was on is gone. */
export function readWindowState(file: string, workAreas: readonly Rectangle[]): WindowState {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // The first start.
    return DEFAULT;
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return DEFAULT;
  }
  const state = windowState.safeParse(raw);
  if (!state.success) return DEFAULT;
  return workAreas.some((area) => reachable(state.data, area)) ? state.data : { ...state.data, x: null, y: null };
}

/** Enough of the title bar lies inside the area to grab it. */
function reachable({ x, y, width }: WindowState, area: Rectangle): boolean {
  if (x === null || y === null) return true;
  const across = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
  return across >= 120 && y >= area.y && y <= area.y + area.height - 40;
}

/** Replaces the file in one step. */
export function writeWindowState(file: string, state: WindowState): void {
  writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
