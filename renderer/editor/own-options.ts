/** What the person has set about the editor, as Monaco's options. Pure. */
import type { Settings } from '../../shared/ipc.ts';
import type { monaco } from './monaco.ts';

export type EditorSettings = Pick<
  Settings,
  | 'editor_font_size'
  | 'editor_tab_width'
  | 'editor_wrap'
  | 'editor_minimap'
  | 'editor_line_numbers'
  | 'completion_while_typing'
>;

/** Space between lines, px. */
const LEADING = 7;

export function ownOptions(own: EditorSettings): monaco.editor.IEditorOptions {
  const typing = own.completion_while_typing;
  return {
    fontSize: own.editor_font_size,
    lineHeight: own.editor_font_size + LEADING,
    wordWrap: own.editor_wrap ? 'on' : 'off',
    minimap: { enabled: own.editor_minimap },
    lineNumbers: own.editor_line_numbers ? 'on' : 'off',
    quickSuggestions: { other: typing, comments: false, strings: false },
    suggestOnTriggerCharacters: typing,
  };
}

/**
 * The same for the text of a tab. Monaco guesses a tab's width from each text, and sets the colours of brackets anew for all
 * texts, when an editor is made; so both are said again for a text that is shown.
 */
export const ownModelOptions = (own: EditorSettings): monaco.editor.ITextModelUpdateOptions => ({
  tabSize: own.editor_tab_width,
  indentSize: own.editor_tab_width,
  insertSpaces: true,
  bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false },
});
