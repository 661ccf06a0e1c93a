/**
 * The settings of the app and the calls for them; part of `ipc.ts`. They hold no secret and no row. What is on the disk is
 * read key by key (main/workspace/settings.ts), so each key here stands for itself.
 */
import { z } from 'zod';
import { environment, targetId } from './grants.ts';
import { mishap } from './ipc-workspace.ts';
import {
  COLOURS,
  CONFIRMATIONS,
  DENSITIES,
  FIRST_MODES,
  MOST_OF_A_NOTE,
  MOST_TARGETS,
  NULL_SIGNS,
  RANGES,
  RUN_PARTS,
  SIDE_PANELS,
  THEMES,
} from './settings.ts';

type Range = { readonly min: number; readonly max: number };
const whole = ({ min, max }: Range) => z.int().min(min).max(max);

const resultRows = whole(RANGES.result_rows);
const seconds = whole(RANGES.statement_timeout_s);
const firstMode = z.enum(FIRST_MODES);
const confirmations = z.enum(CONFIRMATIONS);

/** What one target has for itself. Absent: as everywhere. */
export const targetSettings = z.strictObject({
  /** As the target was called when something was set for it; the settings may be open while nobody is signed in. */
  label: z.string().max(200).optional(),
  environment: environment.optional(),
  colour: z.enum(COLOURS).optional(),
  /** Shown where the target is chosen, and in the glass bar. */
  note: z.string().max(MOST_OF_A_NOTE).optional(),
  result_rows: resultRows.optional(),
  statement_timeout_s: seconds.optional(),
  transaction_mode: firstMode.optional(),
  confirm_writes: confirmations.optional(),
});
export type TargetSettings = z.infer<typeof targetSettings>;

export const settings = z.strictObject({
  theme: z.enum(THEMES),
  /** Sizes of panels, px; the editor's height is a share. */
  side_width: whole(RANGES.side_width),
  editor_height: z.number().min(RANGES.editor_height.min).max(RANGES.editor_height.max),
  inspector_width: whole(RANGES.inspector_width),
  /** Which panel the side bar shows. */
  side_panel: z.enum(SIDE_PANELS),
  editor_font_size: whole(RANGES.editor_font_size),
  editor_tab_width: whole(RANGES.editor_tab_width),
  editor_wrap: z.boolean(),
  editor_minimap: z.boolean(),
  editor_line_numbers: z.boolean(),
  completion_while_typing: z.boolean(),
  grid_density: z.enum(DENSITIES),
  /** What stands in the grid for NULL, in italics. */
  null_sign: z.enum(NULL_SIGNS),
  /** Rows kept of a result, where the grant allows that many. */
  result_rows: resultRows,
  /** Longest time for one statement; null leaves it to the grant, which is also the most that it can be. */
  statement_timeout_s: seconds.nullable(),
  /** With the cursor in a query inside a statement: ask which part to run, or run the statement. */
  run_part: z.enum(RUN_PARTS),
  /** How a grant begins. */
  transaction_mode: firstMode,
  confirm_writes: confirmations,
  targets: z
    .record(targetId, targetSettings)
    .refine((all) => Object.keys(all).length <= MOST_TARGETS, `at most ${MOST_TARGETS} targets`),
});
export type Settings = z.infer<typeof settings>;

/** What Vitrine keeps on this device, for a person: a name in the folder, and what it is. */
const kept = z.strictObject({ name: z.string().max(200), what: z.string().max(200) });
export type Kept = z.infer<typeof kept>;

const none = z.tuple([]);
const nothing = z.null();

export const settingsCalls = {
  /** With what happened to the files since the start; told once. */
  getSettings: { args: none, value: z.strictObject({ settings, mishaps: z.array(mishap) }) },
  saveSettings: { args: z.tuple([settings]), value: nothing },
  /** Where things are kept on this device. */
  getKept: { args: none, value: z.strictObject({ folder: z.string().max(4096), files: z.array(kept).max(40) }) },
  /** Shows that folder in the system's file manager. */
  showKept: { args: none, value: nothing },
} as const;
