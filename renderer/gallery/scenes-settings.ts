/** The settings: on the first day, searched, with targets that have their own, and over a grant that writes. */
import type { AppState, Settings } from '../../shared/ipc.ts';
import type { Kept } from '../../shared/ipc-settings.ts';
import type { Mishap } from '../../shared/ipc-workspace.ts';
import type { Scene } from './scene.ts';

export const kept: readonly Kept[] = [
  { name: 'settings.json', what: 'these settings' },
  { name: 'tabs', what: 'the text of each tab, as a .sql file' },
  { name: 'history', what: 'what was run, sealed with the key of this device' },
];
const own: Partial<Settings> = {
  editor_font_size: 15,
  statement_timeout_s: 60,
  targets: {
    orders: {
      label: 'Orders',
      environment: 'production',
      colour: 'blue',
      note: 'Read replica, lags 5 min',
      statement_timeout_s: 10,
      confirm_writes: 'every',
    },
  },
};
const damaged: Mishap = {
  code: 'settings_damaged',
  message:
    'Some of what Vitrine keeps could not be read and is as on the first day now: theme and editor font size. The file as it was is kept at /home/amira/.config/Vitrine/settings.json.damaged-1795701600000.',
  hint: 'Everything else in that file is as you left it.',
};

export function settingsScenes(states: {
  readonly locked: AppState;
  readonly live: AppState;
  readonly writing: AppState;
  readonly closed: AppState;
}): Readonly<Record<string, Scene>> {
  const open = { keys: ['ControlOrMeta+,'], shows: '.settings-page' };
  return {
    settings: { state: states.locked, ...open },
    'settings-own': { state: states.locked, settings: own, ...open },
    'settings-targets': {
      state: states.writing,
      settings: own,
      ...open,
      keys: [...open.keys, ...'colour'],
      shows: '.target-card',
    },
    'settings-none': { state: states.live, ...open, keys: [...open.keys, ...'zzz'], shows: '.settings-none' },
    'settings-data': { state: states.closed, ...open, keys: [...open.keys, ...'history'], shows: '.kept-files' },
    'settings-damaged': { state: states.locked, mishaps: [damaged], shows: '.toast' },
    'target-colours': { state: states.writing, settings: own, results: [[0, {}]], run: true },
    'target-colour-locked': { state: states.locked, settings: own },
  };
}
