import { describe, expect, it } from 'vitest';
import { firstSettings } from '../../shared/settings.ts';
import { ownModelOptions, ownOptions } from './own-options.ts';

describe('the editor as the person has set it', () => {
  it('is on the first day as it always was', () => {
    expect(ownOptions(firstSettings)).toMatchObject({
      fontSize: 13,
      lineHeight: 20,
      wordWrap: 'off',
      minimap: { enabled: false },
      lineNumbers: 'on',
      quickSuggestions: { other: true, comments: false, strings: false },
      suggestOnTriggerCharacters: true,
    });
  });
  it('has a tab as wide as it was set, in spaces', () => {
    expect(ownModelOptions({ ...firstSettings, editor_tab_width: 4 })).toMatchObject({
      tabSize: 4,
      indentSize: 4,
      insertSpaces: true,
    });
  });
  it('offers nothing by itself, also behind a dot, where completion is only for who asks', () => {
    expect(ownOptions({ ...firstSettings, completion_while_typing: false })).toMatchObject({
      quickSuggestions: { other: false },
      suggestOnTriggerCharacters: false,
    });
  });
});
