import { describe, expect, it } from 'vitest';
import { firstSettings } from '../../shared/settings.ts';
import { storedSettings } from './settings.ts';

const { read, write } = storedSettings;

describe('stored settings', () => {
  it('are those of the first day where nothing is stored, and nothing is lost then', () => {
    expect(read(undefined)).toEqual({ value: firstSettings, lost: [] });
    expect(read({})).toEqual({ value: firstSettings, lost: [] });
  });

  it.each([
    ['theme', 'purple', 'theme'],
    ['editor_font_size', '13', 'editor font size'],
    ['editor_font_size', 99, 'editor font size'],
    ['statement_timeout_s', 0, 'statement timeout'],
    ['editor_wrap', 1, 'editor wrap'],
    ['targets', [], 'what was set for targets'],
  ])('lose only %s where it is %o', (key, wrong, named) => {
    const sound = { ...firstSettings, theme: 'light', result_rows: 1000, [key]: wrong };
    const { value, lost } = read(sound);
    expect(lost).toEqual([named]);
    expect(value).toMatchObject({ result_rows: 1000 });
    expect(value).toHaveProperty(key, firstSettings[key as keyof typeof firstSettings]);
  });

  it('lose only one value of one target, and only one target of several', () => {
    const { value, lost } = read({
      targets: {
        orders: { colour: 'blue', statement_timeout_s: -1 },
        billing: 7,
        'NOT AN ID': { colour: 'blue' },
      },
    });
    expect(value.targets).toEqual({ orders: { colour: 'blue' } });
    expect(lost).toEqual([
      'statement timeout of the target orders',
      'what was set for the target billing',
      'what was set for the target NOT AN ID',
    ]);
  });

  it('are all lost where they are no settings at all', () => {
    for (const wrong of [null, 7, 'text', []])
      expect(read(wrong)).toEqual({ value: firstSettings, lost: ['all settings'] });
  });

  it('keep keys of a newer version, everywhere and of targets, and forget a target that is gone', () => {
    const newer = {
      ...firstSettings,
      sparkles: true,
      targets: { orders: { colour: 'blue', halo: 3 }, billing: { colour: 'pink', halo: 4 } },
    };
    const { value, lost } = read(newer);
    expect(lost).toEqual([]);
    expect(value).not.toHaveProperty('sparkles');
    const { billing: _gone, ...targets } = value.targets;
    expect(write({ ...value, theme: 'dark', targets }, newer)).toMatchObject({
      theme: 'dark',
      sparkles: true,
      targets: { orders: { colour: 'blue', halo: 3 } },
    });
    expect(JSON.stringify(write({ ...value, targets }, newer))).not.toContain('billing');
  });

  it('cannot be made to change what every object has', () => {
    const { value } = read(
      JSON.parse('{"__proto__": {"theme": "dark"}, "targets": {"__proto__": {"colour": "blue"}}}'),
    );
    expect(value.theme).toBe('system');
    expect(Object.hasOwn({}, 'theme')).toBe(false);
    expect(value.targets).toEqual({});
  });
});
