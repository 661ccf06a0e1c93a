import { describe, expect, it } from 'vitest';
import { settings as schema } from '../../shared/ipc-settings.ts';
import { firstSettings } from '../../shared/settings.ts';
import { findLines, type Line, lines, optionsOf, typedValue, valueWords } from './lines.ts';

const line = (key: Line['key']): Line => {
  const found = lines.find((one) => one.key === key);
  if (found === undefined) throw new Error(key);
  return found;
};
const numberOf = (key: Line['key']) => {
  const { control } = line(key);
  if (control.kind !== 'number') throw new Error(key);
  return control;
};

describe('the settings on the page', () => {
  it('are all that there are, once each, and say in one sentence what they do', () => {
    const { targets: _targets, ...plain } = firstSettings;
    expect(lines.map(({ key }) => key).sort()).toEqual(Object.keys(plain).sort());
    for (const { about } of lines) expect(about).toMatch(/^[A-Z][^.]*\.$/);
  });
  it('offer only what may be saved', () => {
    for (const one of lines) {
      const { control } = one;
      if (control.kind !== 'choice') continue;
      for (const [value] of control.options)
        expect(schema.shape[one.key].safeParse(value).success, `${one.key}: ${value}`).toBe(true);
    }
  });
  it('take numbers exactly as far as they may be saved', () => {
    for (const one of lines) {
      const { control } = one;
      if (control.kind !== 'number') continue;
      const takes = (typed: number) => typedValue(control, String(typed)) !== undefined;
      expect([control.min - 1, control.min, control.max, control.max + 1].map(takes)).toEqual([
        false,
        true,
        true,
        false,
      ]);
      for (const edge of [control.min, control.max])
        expect(schema.shape[one.key].safeParse(typedValue(control, String(edge))).success, one.key).toBe(true);
    }
  });
  it('are found by words of their title, their sentence, their group or their key', () => {
    const keys = (typed: string) => findLines(typed).map(({ key }) => key);
    expect(keys('FONT')).toEqual(['editor_font_size']);
    expect(keys('size font')).toEqual(['editor_font_size']);
    expect(keys('italics')).toEqual(['null_sign']);
    expect(keys('statements')).toContain('run_part');
    expect(keys('xyzzy')).toEqual([]);
    expect(keys('')).toHaveLength(lines.length);
  });
  it('say a value as a person would', () => {
    expect(valueWords(line('editor_font_size'), 13)).toBe('13 px');
    expect(valueWords(line('editor_height'), 0.34)).toBe('34 %');
    expect(valueWords(line('statement_timeout_s'), null)).toBe('the grant’s');
    expect(valueWords(line('editor_wrap'), false)).toBe('off');
    expect(valueWords(line('theme'), 'system')).toBe('System');
  });
  it('show a number that somebody has put into the file as one more choice', () => {
    expect(optionsOf(line('result_rows'), 777).at(-1)).toEqual([777, '777']);
    expect(optionsOf(line('result_rows'), 1000)).toHaveLength(5);
  });
  it('take an empty field only where that means something', () => {
    expect(typedValue(numberOf('statement_timeout_s'), ' ')).toBeNull();
    expect(typedValue(numberOf('editor_font_size'), '')).toBeUndefined();
    expect(typedValue(numberOf('editor_font_size'), '13.5')).toBeUndefined();
    expect(typedValue(numberOf('editor_height'), '34')).toBe(0.34);
  });
});
