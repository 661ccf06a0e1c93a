import { describe, expect, it } from 'vitest';
import { answers, type Command, caps, commandFor, means, type Pressed } from './command.ts';

const press = (key: string, held: Partial<Pressed> = {}): Pressed => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});
const ctrl = { ctrlKey: true };
const command = (part: Partial<Command>): Command => ({
  id: 'x',
  title: 'Run everything in this tab',
  group: 'Run',
  run: () => {},
  ...part,
});

describe('a key', () => {
  it.each([
    ['Mod+Enter', press('Enter', ctrl), true],
    ['Mod+Enter', press('Enter', { metaKey: true }), true],
    ['Mod+Enter', press('Enter', { ...ctrl, shiftKey: true }), false],
    ['Mod+Enter', press('Enter'), false],
    ['Mod+Shift+P', press('P', { ...ctrl, shiftKey: true }), true],
    ['Mod+Shift+P', press('p', { ...ctrl, shiftKey: true, altKey: true }), false],
    ['Mod+.', press('.', ctrl), true],
    ['Mod++', press('+', { ...ctrl, shiftKey: true }), true],
    ['F5', press('F5'), true],
    ['F5', press('F5', ctrl), false],
  ])('%s is pressed by %o: %s', (key, pressed, yes) => expect(means(key, pressed)).toBe(yes));
  it('is drawn as the platform draws it', () => {
    expect(caps('Mod+Shift+p', false)).toEqual(['Ctrl', 'Shift', 'P']);
    expect(caps('Mod+Shift+p', true)).toEqual(['⌘', '⇧', 'P']);
    expect(caps('Alt+ArrowLeft', false)).toEqual(['Alt', '←']);
    expect(caps('Mod++', false)).toEqual(['Ctrl', '+']);
  });
  it('goes to the first command that has it and may have it there', () => {
    const outside = command({ id: 'out', keys: ['Escape'], where: 'outside the editor' });
    const told = command({ id: 'told', keys: ['Escape'], where: 'told only' });
    const all = [told, outside, command({ id: 'late', keys: ['Escape'] })];
    expect(commandFor(all, press('Escape'), false)?.id).toBe('out');
    expect(commandFor(all, press('Escape'), true)?.id).toBe('late');
    expect(commandFor([told], press('Escape'), false)).toBeNull();
    const asleep = command({ id: 'asleep', keys: ['Escape'], unavailable: 'not now' });
    expect(commandFor([asleep, outside], press('Escape'), false)?.id).toBe('out');
    expect(commandFor([asleep], press('Escape'), false)?.id).toBe('asleep');
  });
});

describe('what is typed in the palette', () => {
  it('finds a command by beginnings of its words, in any order', () => {
    expect(answers(command({}), 'tab run')).not.toBeNull();
    expect(answers(command({}), 'roll')).toBeNull();
    expect(answers(command({}), '')).toBe(0);
  });
  it('puts words in order before words somewhere, and the title before the group', () => {
    const run = answers(command({}), 'run every') ?? 0;
    expect(run).toBeGreaterThan(answers(command({}), 'every run') ?? 0);
    expect(run).toBeGreaterThan(answers(command({ title: 'Overrun, everyday' }), 'run every') ?? 0);
  });
});
