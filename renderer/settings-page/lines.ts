/** Every setting that is not of one target: where it stands, what it is called, what it does, how it is set. Pure. */
import type { Settings } from '../../shared/ipc.ts';
import { MOST_RESULT_ROWS } from '../../shared/results.ts';
import { RANGES, SIDE_PANELS } from '../../shared/settings.ts';
import { count } from '../words/format.ts';

export const groups = ['Look', 'Editor', 'Results', 'Statements', 'Targets', 'Keys', 'Data on this device'] as const;
export type Group = (typeof groups)[number];

export type Key = Exclude<keyof Settings, 'targets'>;
export type Value = Settings[Key];

export type Control<V> =
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly options: readonly (readonly [value: V, words: string])[] }
  | {
      readonly kind: 'number';
      readonly min: number;
      readonly max: number;
      readonly unit: string;
      /** The setting is this many times less than what is typed. */
      readonly times?: number;
      /** What it means to leave the field empty; absent: it must not be. */
      readonly empty?: string;
    };
type LineOf<K extends Key> = {
  readonly key: K;
  readonly group: Group;
  readonly title: string;
  /** What it does, one sentence. */
  readonly about: string;
  readonly control: Control<Settings[K]>;
};
export type Line = { [K in Key]: LineOf<K> }[Key];

const capital = (word: string): string => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;

export const keptRows: readonly (readonly [number, string])[] = [
  [1000, '1,000'],
  [20_000, '20,000'],
  [200_000, '200,000'],
  [1_000_000, '1,000,000'],
  [MOST_RESULT_ROWS, 'As many as the grant allows'],
];
export const firstModes = [
  ['last', 'As you left it'],
  ['auto', 'Auto-commit'],
  ['manual', 'Manual'],
] as const;
export const confirmations = [
  ['risky', 'Risky ones'],
  ['every', 'Every one'],
] as const;

export const lines: readonly Line[] = [
  {
    key: 'theme',
    group: 'Look',
    title: 'Theme',
    about: 'Dark or light, or as the system has it at the moment.',
    control: {
      kind: 'choice',
      options: [
        ['system', 'System'],
        ['dark', 'Dark'],
        ['light', 'Light'],
      ],
    },
  },
  {
    key: 'side_panel',
    group: 'Look',
    title: 'Side bar',
    about: 'Which panel the side bar shows.',
    control: { kind: 'choice', options: SIDE_PANELS.map((panel) => [panel, capital(panel)]) },
  },
  {
    key: 'side_width',
    group: 'Look',
    title: 'Width of the side bar',
    about: 'As if you had dragged the line beside it.',
    control: { kind: 'number', ...RANGES.side_width, unit: 'px' },
  },
  {
    key: 'editor_height',
    group: 'Look',
    title: 'Height of the editor',
    about: 'Its share of the window; the results have the rest.',
    control: { kind: 'number', min: 10, max: 90, unit: '%', times: 100 },
  },
  {
    key: 'inspector_width',
    group: 'Look',
    title: 'Width of the panel beside the rows',
    about: 'The panel for a closer look at a value or a row.',
    control: { kind: 'number', ...RANGES.inspector_width, unit: 'px' },
  },
  {
    key: 'editor_font_size',
    group: 'Editor',
    title: 'Font size',
    about: 'The size of the letters in the editor.',
    control: { kind: 'number', ...RANGES.editor_font_size, unit: 'px' },
  },
  {
    key: 'editor_tab_width',
    group: 'Editor',
    title: 'Tab width',
    about: 'How many spaces the Tab key puts in, and how wide a tab in a text is drawn.',
    control: { kind: 'number', ...RANGES.editor_tab_width, unit: 'spaces' },
  },
  {
    key: 'editor_wrap',
    group: 'Editor',
    title: 'Wrap long lines',
    about: 'A line that is wider than the editor goes on below; the text itself stays as it is.',
    control: { kind: 'switch' },
  },
  {
    key: 'editor_line_numbers',
    group: 'Editor',
    title: 'Line numbers',
    about: 'Numbers at the left of each line.',
    control: { kind: 'switch' },
  },
  {
    key: 'editor_minimap',
    group: 'Editor',
    title: 'Minimap',
    about: 'A small picture of the whole text at the right, to find a place in a long one.',
    control: { kind: 'switch' },
  },
  {
    key: 'completion_while_typing',
    group: 'Editor',
    title: 'Completion while typing',
    about: 'Offers names and keywords by itself; without it, Ctrl+Space asks for them.',
    control: { kind: 'switch' },
  },
  {
    key: 'grid_density',
    group: 'Results',
    title: 'Height of rows',
    about: 'How much room each row of the grid has.',
    control: {
      kind: 'choice',
      options: [
        ['dense', 'Dense'],
        ['normal', 'Normal'],
        ['roomy', 'Roomy'],
      ],
    },
  },
  {
    key: 'null_sign',
    group: 'Results',
    title: 'NULL in the grid',
    about: 'What stands for NULL, always in italics; copies and exports are not changed by it.',
    control: {
      kind: 'choice',
      options: [
        ['NULL', 'NULL'],
        ['null', 'null'],
        ['∅', '∅'],
      ],
    },
  },
  {
    key: 'result_rows',
    group: 'Results',
    title: 'Rows kept of a result',
    about: 'Rows beyond it are counted and not kept; the grant’s own limit counts where it is lower.',
    control: { kind: 'choice', options: keptRows },
  },
  {
    key: 'statement_timeout_s',
    group: 'Statements',
    title: 'Statement timeout',
    about: 'The server stops a statement after so long; it can only be lower than the limit of the grant.',
    control: { kind: 'number', ...RANGES.statement_timeout_s, unit: 's', empty: 'the grant’s' },
  },
  {
    key: 'run_part',
    group: 'Statements',
    title: 'Run with the cursor in a nested query',
    about: 'Whether Ctrl+Enter asks which part to run, or runs the whole statement.',
    control: {
      kind: 'choice',
      options: [
        ['ask', 'Ask'],
        ['whole', 'Whole statement'],
      ],
    },
  },
  {
    key: 'transaction_mode',
    group: 'Statements',
    title: 'Transactions at the start',
    about: 'How a grant begins: with auto-commit, with manual transactions, or as you left the last one.',
    control: { kind: 'choice', options: firstModes },
  },
  {
    key: 'confirm_writes',
    group: 'Statements',
    title: 'Ask before writing',
    about: 'Ask before every write, or only before what changes or removes a lot at once; that is always asked about.',
    control: { kind: 'choice', options: confirmations },
  },
];

/** A value of a setting, to a person. */
export function valueWords(line: Line, value: Value): string {
  const { control } = line;
  switch (control.kind) {
    case 'switch':
      return value === true ? 'on' : 'off';
    case 'number':
      if (typeof value !== 'number') return control.empty ?? '';
      return `${count(Math.round(value * (control.times ?? 1)))} ${control.unit}`;
    case 'choice':
      return optionsOf(line, value).find(([one]) => one === value)?.[1] ?? String(value);
  }
}

/** What may be chosen; with `now` where somebody has put another value into the file. */
export function optionsOf({ control }: Line, now: Value): readonly (readonly [Value, string])[] {
  // Each option is a value of the line's own key, which the union of all lines does not say.
  const options: readonly (readonly [Value, string])[] = control.kind === 'choice' ? control.options : [];
  const known = options.some(([value]) => value === now);
  return known || typeof now !== 'number' ? options : [...options, [now, count(now)]];
}

/** A number as typed, as the setting's value; undefined where it is none. */
export function typedValue(
  control: Extract<Line['control'], { kind: 'number' }>,
  typed: string,
): number | null | undefined {
  if (typed.trim() === '') return control.empty === undefined ? undefined : null;
  const value = Number(typed);
  return Number.isInteger(value) && value >= control.min && value <= control.max
    ? value / (control.times ?? 1)
    : undefined;
}

/** Whether every word that was typed is somewhere in `texts`. */
export function found(typed: string, ...texts: readonly string[]): boolean {
  const all = texts.join(' ').toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
export const findLines = (typed: string): readonly Line[] =>
  lines.filter(({ title, about, group, key }) => found(typed, title, about, group, key.replaceAll('_', ' ')));

/** The change that gives a line this value. */
export const change = (key: Key, value: Value): Partial<Settings> =>
  // The value came from this line's own control, which has no other.
  ({ [key]: value }) as Partial<Settings>;
