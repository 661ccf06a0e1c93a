/**
 * Settings without their schemas (`ipc-settings.ts`), so that zod is not loaded into the page for them: what may be chosen,
 * the first day's values, and which value counts where a target has its own. A setting can only narrow what the grant
 * allows; whoever uses one takes the smaller of both. Pure.
 */
import type { Environment } from './grants.ts';
import type { Settings, TargetSettings } from './ipc-settings.ts';
import { MOST_RESULT_ROWS } from './results.ts';

export const THEMES = ['system', 'dark', 'light'] as const;
export const SIDE_PANELS = ['schema', 'history', 'saved'] as const;
/** Auto: the server commits each statement. Manual: the app opens a transaction before the first one that needs it. */
export const TRANSACTION_MODES = ['auto', 'manual'] as const;
/** How a grant begins: as the last one was left, or always so. */
export const FIRST_MODES = ['last', ...TRANSACTION_MODES] as const;
/** Which writes are asked about first: those that change or remove a lot at once, or all. None is not a choice. */
export const CONFIRMATIONS = ['risky', 'every'] as const;
export const RUN_PARTS = ['ask', 'whole'] as const;
export const DENSITIES = ['dense', 'normal', 'roomy'] as const;
export const NULL_SIGNS = ['NULL', 'null', '∅'] as const;
/** Each has a shape of its own beside its name (renderer/glass/TargetMark). */
export const COLOURS = ['blue', 'pink', 'olive', 'brown', 'grey', 'none'] as const;
export type Colour = (typeof COLOURS)[number];

/** Smallest and greatest, both allowed. Sizes in px, times in s. */
export const RANGES = {
  side_width: { min: 160, max: 600 },
  editor_height: { min: 0.1, max: 0.9 },
  editor_font_size: { min: 10, max: 24 },
  editor_tab_width: { min: 1, max: 8 },
  inspector_width: { min: 240, max: 900 },
  result_rows: { min: 100, max: MOST_RESULT_ROWS },
  statement_timeout_s: { min: 1, max: 86_400 },
} as const;
export const MOST_OF_A_NOTE = 120;
export const MOST_TARGETS = 500;

/** The first day's, and what “Reset” goes back to. */
export const firstSettings: Settings = {
  theme: 'system',
  side_width: 264,
  editor_height: 0.34,
  inspector_width: 380,
  side_panel: 'schema',
  editor_font_size: 13,
  editor_tab_width: 2,
  editor_wrap: false,
  editor_minimap: false,
  editor_line_numbers: true,
  completion_while_typing: true,
  grid_density: 'normal',
  null_sign: 'NULL',
  result_rows: 200_000,
  statement_timeout_s: null,
  run_part: 'ask',
  transaction_mode: 'last',
  confirm_writes: 'risky',
  targets: {},
};

/** What a target may have for itself. */
export type Inherited = Pick<Settings, 'result_rows' | 'statement_timeout_s' | 'transaction_mode' | 'confirm_writes'>;

/** What counts on a target: its own value, else that of everywhere. */
export function settingsFor(settings: Settings, target: string): Inherited {
  const own: TargetSettings = settings.targets[target] ?? {};
  return {
    result_rows: own.result_rows ?? settings.result_rows,
    statement_timeout_s: own.statement_timeout_s ?? settings.statement_timeout_s,
    transaction_mode: own.transaction_mode ?? settings.transaction_mode,
    confirm_writes: own.confirm_writes ?? settings.confirm_writes,
  };
}

const ofEnvironment: Readonly<Record<Environment, Colour>> = {
  production: 'pink',
  staging: 'olive',
  development: 'blue',
};

/** A target's colour: its own, else that of its environment, so that it tells something on the first day. */
export const colourOf = (
  settings: Settings,
  target: { readonly id: string; readonly environment: Environment },
): Colour => settings.targets[target.id]?.colour ?? ofEnvironment[target.environment];

/** The note on a target; empty where there is none. */
export const noteOf = (settings: Settings, target: string): string => settings.targets[target]?.note ?? '';
