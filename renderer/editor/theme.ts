/** Monaco's themes, read from the tokens so that tokens.css stays the only place with colours. */
import { editor } from 'monaco-editor/editor';

const SHORT = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i;
/** Monaco wants `#rrggbb`. */
const long = (colour: string): string => colour.trim().replace(SHORT, '#$1$1$2$2$3$3');

export const themeName = (theme: 'dark' | 'light'): string => `vitrine-${theme}`;

/** Defines (again) and applies the theme that the page has now. Call after `data-theme` was set. */
export function applyTheme(theme: 'dark' | 'light'): void {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => long(style.getPropertyValue(`--${name}`));
  const bare = (name: string): string => token(name).slice(1);
  editor.defineTheme(themeName(theme), {
    base: theme === 'dark' ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      { token: '', foreground: bare('text') },
      { token: 'keyword', foreground: bare('sql-keyword') },
      // The themes that these build on name the SQL ones with a suffix, which would win.
      { token: 'operator.sql', foreground: bare('sql-keyword') },
      { token: 'string.sql', foreground: bare('sql-string') },
      { token: 'predefined.sql', foreground: bare('sql-function') },
      { token: 'number', foreground: bare('sql-number') },
      { token: 'comment', foreground: bare('sql-comment') },
      { token: 'delimiter.parenthesis', foreground: bare('text') },
      { token: 'delimiter', foreground: bare('text') },
      { token: 'identifier', foreground: bare('text') },
    ],
    colors: {
      'editor.background': token('canvas'),
      'editor.foreground': token('text'),
      'editorLineNumber.foreground': token('faint'),
      'editorLineNumber.dimmedForeground': token('faint'),
      'editorLineNumber.activeForeground': token('muted'),
      'editorCursor.foreground': token('accent'),
      'editor.selectionBackground': `${token('accent')}40`,
      'editor.inactiveSelectionBackground': `${token('accent')}26`,
      'editor.selectionHighlightBackground': `${token('accent')}1f`,
      'editor.wordHighlightBackground': `${token('accent')}1a`,
      'editor.wordHighlightStrongBackground': `${token('accent')}26`,
      'editor.findMatchBackground': `${token('warn')}59`,
      'editor.findMatchHighlightBackground': `${token('warn')}2e`,
      'editor.lineHighlightBackground': `${token('accent')}12`,
      'editor.lineHighlightBorder': '#00000000',
      'editorIndentGuide.background1': token('line'),
      'editorIndentGuide.activeBackground1': token('line-strong'),
      'editorBracketMatch.background': `${token('accent')}26`,
      'editorBracketMatch.border': '#00000000',
      'editorError.foreground': token('danger'),
      'editorWarning.foreground': token('warn'),
      // Syntax while somebody types: said, not shouted.
      'editorInfo.foreground': token('faint'),
      'editorWidget.background': token('raised'),
      'editorWidget.foreground': token('text'),
      'editorWidget.border': token('line'),
      'editorHoverWidget.background': token('raised'),
      'editorHoverWidget.border': token('line'),
      'editorSuggestWidget.background': token('raised'),
      'editorSuggestWidget.border': token('line'),
      'editorSuggestWidget.selectedBackground': token('selected'),
      'editorSuggestWidget.selectedForeground': token('text'),
      'quickInput.background': token('raised'),
      'quickInput.foreground': token('text'),
      'quickInputList.focusBackground': token('selected'),
      'quickInputList.focusForeground': token('text'),
      'pickerGroup.foreground': token('faint'),
      'keybindingLabel.background': token('hover'),
      'keybindingLabel.foreground': token('muted'),
      'keybindingLabel.border': token('line-strong'),
      'keybindingLabel.bottomBorder': token('line-strong'),
      'input.background': token('bg'),
      'input.foreground': token('text'),
      'input.border': token('line-strong'),
      'input.placeholderForeground': token('faint'),
      'inputOption.activeBackground': token('selected'),
      'list.hoverBackground': token('hover'),
      'list.activeSelectionBackground': token('selected'),
      'list.highlightForeground': token('accent'),
      'menu.background': token('raised'),
      'menu.foreground': token('text'),
      'menu.selectionBackground': token('hover'),
      'menu.selectionForeground': token('text'),
      'menu.separatorBackground': token('line'),
      'scrollbarSlider.background': `${token('line-strong')}99`,
      'scrollbarSlider.hoverBackground': token('line-strong'),
      'scrollbarSlider.activeBackground': token('line-strong'),
      'scrollbar.shadow': '#00000000',
      'editorOverviewRuler.border': '#00000000',
      focusBorder: token('accent'),
      foreground: token('text'),
      'widget.shadow': '#00000040',
      'icon.foreground': token('muted'),
    },
  });
  editor.setTheme(themeName(theme));
}
