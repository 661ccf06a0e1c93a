/** A command: what it is called, which keys mean it, whether it can be done now. Keys are parsed and matched here. Pure. */

export const groups = [
  'Run',
  'Transaction',
  'Result',
  'Explain',
  'Schema',
  'Tabs',
  'Saved',
  'Glass',
  'View',
  'Editor',
  'Help',
] as const;
export type Group = (typeof groups)[number];

export interface Command {
  /** Stable, `group.verb`: `run.current`. The shell's menu names a command by it, too. */
  readonly id: string;
  /** What it does, as a person would say it. */
  readonly title: string;
  readonly group: Group;
  /** Each alone means it: `Mod+Shift+P`. `Mod` is Ctrl, on macOS Command. */
  readonly keys?: readonly string[];
  /**
   * Where the keys count: everywhere (the default); only while the focus is not in the editor; or never here, because what
   * has the focus handles them itself (they are listed all the same).
   */
  readonly where?: 'everywhere' | 'outside the editor' | 'told only';
  /** Why it cannot be done now, in a few words; null or absent when it can. */
  readonly unavailable?: string | null;
  readonly run: () => void;
}

/** The part of a keyboard event that counts. */
export interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** Whether `pressed` is `key`. Shift counts only where the key has a name of more than a sign: `?` is what Shift makes of `/`. */
export function means(key: string, pressed: Pressed): boolean {
  const parts = partsOf(key);
  const name = parts.at(-1) ?? '';
  const has = (modifier: string) => parts.includes(modifier);
  const letter = name.length > 1 || name.toLowerCase() !== name.toUpperCase();
  return (
    pressed.key.toLowerCase() === name.toLowerCase() &&
    (pressed.ctrlKey || pressed.metaKey) === has('Mod') &&
    pressed.altKey === has('Alt') &&
    (!letter || pressed.shiftKey === has('Shift'))
  );
}

/** `Mod++` ends in the key `+`. */
const partsOf = (key: string): string[] =>
  key.endsWith('++') ? [...key.slice(0, -2).split('+'), '+'] : key.split('+');

const names: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  ' ': 'Space',
};
const macNames: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Alt: '⌥' };

/** The caps to draw, in order. */
export function caps(key: string, mac: boolean): string[] {
  return partsOf(key).map((part) => {
    if (mac && part in macNames) return macNames[part] ?? part;
    if (part === 'Mod') return 'Ctrl';
    return names[part] ?? (part.length === 1 ? part.toUpperCase() : part);
  });
}

/**
 * The command that a key means now; null where it belongs to whatever has the focus. The first registered wins, among those
 * that can be done if there are any.
 */
export function commandFor(commands: Iterable<Command>, pressed: Pressed, inEditor: boolean): Command | null {
  let unavailable: Command | null = null;
  for (const command of commands) {
    if (command.keys === undefined || command.where === 'told only') continue;
    if (command.where === 'outside the editor' && inEditor) continue;
    if (!command.keys.some((key) => means(key, pressed))) continue;
    if (command.unavailable == null) return command;
    unavailable ??= command;
  }
  return unavailable;
}

/**
 * How well a title answers what was typed: higher is better, null is not at all. Every word must be the beginning of a word
 * of the title or the group, or stand somewhere in them; beginnings in order are best.
 */
export function answers(command: Command, typed: string): number | null {
  const wanted = words(typed);
  const title = words(command.title);
  const all = [...title, ...words(command.group)];
  let score = 0;
  for (const [n, word] of wanted.entries()) {
    const at = all.findIndex((one) => one.startsWith(word));
    if (at >= 0) score += at === n ? 4 : at < title.length ? 3 : 2;
    else if (all.some((one) => one.includes(word))) score += 1;
    else return null;
  }
  return wanted.length === 0 ? 0 : score / wanted.length - title.length / 100;
}

const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
