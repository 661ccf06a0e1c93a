/** The grid: sorted, filtered, searched, added up, its menus and dialogs, and data that is strange or huge. */
import type { AppState, Column, ResultState } from '../../shared/ipc.ts';
import type { Scene } from './scene.ts';

const done = [[0, {}]] as const;
const ROWS = 'ControlOrMeta+j';
const FILTER = 'ControlOrMeta+Shift+l';
const right = (n: number): string[] => Array.from({ length: n }, () => 'ArrowRight');
const capped = [[0, { rows: 1_204_331, stored: 200_000, cap: 'own_rows' }]] as const;
const text = (name: string, type = 'text'): Column => ({ name, type, align: 'left' });
const number = (name: string): Column => ({ name, type: 'integer', align: 'right' });
const strange: Partial<ResultState> = {
  text: 'select * from strange',
  columns: [
    number('id'),
    text('id'),
    text(''),
    text('<b>bold</b>'),
    text('שלום', 'character varying(255)'),
    text('a name with\u202e a turn and a line\nbreak'),
    text('?column?'),
  ],
  rows: 7,
  stored: 7,
};
const values = [
  ['1', null, '', '<img src=x onerror=alert(1)>', 'مرحبا بالعالم', 'user\u202egnp.exe', 'NULL'],
  ['2', 'NULL', ' ', '</div><script>1</script>', 'שלום עולם 123', 'a\tb\r\nc\u0000', 'null'],
  ['3', '', null, '&lt;b&gt; &amp;', 'e\u0301 n\u0303 Z\u0351\u036b\u0343\u0352\u036f', 'zero\u200bwidth', ''],
  ['4', 'empty', '', '{"a": "<b>"}', '👩‍👩‍👧‍👦 🇸🇪 한국어 日本語', '\u001b[31mred\u001b[0m', "''"],
  ['5', 'x'.repeat(500), '', `${'y'.repeat(500)}…`, 'Ünïcödé ﷽', '\u0085next\u2028line', '\\x00'],
  ['-2147483648', null, null, null, null, null, null],
  ['7', '', '', '', '', '', ''],
];
const many: Partial<ResultState> = {
  text: 'select * from wide',
  columns: Array.from({ length: 1600 }, (_, n) => (n % 3 === 0 ? number(`n${n}`) : text(`column_${n % 400}`))),
  rows: 5000,
  stored: 5000,
};

export function gridScenes(state: AppState): Record<string, Scene> {
  const grid = (part: Omit<Scene, 'state'>): Scene => ({ state, results: done, run: true, ...part });
  return {
    'grid-sorted': grid({
      keys: [ROWS, ...right(3), 'Alt+ArrowDown', 'ArrowRight', 'Alt+Shift+ArrowUp'],
      shows: '.grid-foot b',
    }),
    'grid-sorted-part': grid({ results: capped, keys: [ROWS, 'ArrowRight', 'Alt+ArrowDown'], shows: '.grid-foot b' }),
    'grid-filtered': grid({ keys: [ROWS, ...right(2), FILTER, ...'li', 'Enter', ROWS], shows: '.grid-foot b' }),
    'grid-filtered-none': grid({ keys: [ROWS, ...right(2), FILTER, ...'zzz', 'Enter', ROWS], shows: '.no-rows' }),
    'grid-filter': grid({ keys: [ROWS, ...right(3), FILTER], shows: 'dialog' }),
    'grid-busy': grid({ results: capped, busy: 45, keys: [ROWS, 'Alt+ArrowDown'], shows: '.grid-foot .spinner' }),
    'grid-figures': grid({ keys: [ROWS, ...right(3), 'Control+ ', 'Shift+ArrowRight'], shows: '.grid-figures' }),
    'grid-find': grid({ keys: [ROWS, 'ControlOrMeta+f', ...'worker', 'Enter'], shows: '.grid-cell.hit' }),
    'grid-cell-menu': grid({ keys: [ROWS, ...right(2), 'Shift+F10'], shows: '.context-menu' }),
    'grid-columns': grid({ keys: [ROWS, 'ControlOrMeta+Shift+P', ...'choose col', 'Enter'], shows: 'dialog' }),
    'grid-strange': grid({
      results: [[0, strange]],
      values,
      keys: [ROWS, 'Shift+ArrowDown', 'Shift+ArrowDown', ...right(2).map((key) => `Shift+${key}`)],
      shows: '.grid-cell.null',
    }),
    'grid-wide': grid({
      results: [[0, many]],
      keys: [ROWS, 'Shift+F10', 'k', 'Enter', 'End'],
      shows: '.grid-cell.frozen',
    }),
  };
}
