/** How Monaco is set for SQL here, and what stands in its menu of the right button. */
import { monaco } from './monaco.ts';
import type { What } from './SqlEditor.tsx';

export function options(): monaco.editor.IStandaloneEditorConstructionOptions {
  return {
    model: null,
    ariaLabel: 'SQL',
    automaticLayout: true,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--font-mono'),
    fontLigatures: false,
    fontSize: 13,
    lineHeight: 20,
    padding: { top: 10, bottom: 10 },
    lineNumbersMinChars: 3,
    lineDecorationsWidth: 16,
    glyphMargin: false,
    folding: false,
    minimap: { enabled: false },
    overviewRulerLanes: 0,
    hideCursorInOverviewRuler: true,
    scrollBeyondLastLine: false,
    scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
    renderLineHighlight: 'all',
    renderLineHighlightOnlyWhenFocus: false,
    renderWhitespace: 'selection',
    stickyScroll: { enabled: false },
    renderFinalNewline: 'on',
    fixedOverflowWidgets: true,
    smoothScrolling: false,
    tabSize: 2,
    'semanticHighlighting.enabled': false,
    bracketPairColorization: { enabled: false },
    placeholder: 'select …',
    // What is offered comes from the catalogue and the statement (providers.ts), not from words that stand around.
    wordBasedSuggestions: 'off',
    quickSuggestions: { other: true, comments: false, strings: false },
    suggestSelection: 'first',
    // In a snippet Tab goes to its next place.
    suggest: { snippetsPreventQuickSuggestions: true },
    // Enter ends the line where the word is complete already.
    acceptSuggestionOnEnter: 'smart',
  };
}

/** For the menu of the right button; their keys are the window's (renderer/commands), which sees them first. */
export function* actions(
  onRun: (what: What) => void,
  onCancel: () => void,
): Generator<monaco.editor.IActionDescriptor> {
  const { KeyMod, KeyCode } = monaco;
  const nothingOpen = '!suggestWidgetVisible && !findWidgetVisible && !renameInputVisible && !parameterHintsVisible';
  yield {
    id: 'vitrine.run',
    label: 'Run the selection or the current statement',
    keybindings: [KeyMod.CtrlCmd | KeyCode.Enter],
    contextMenuGroupId: 'navigation',
    run: () => onRun('current'),
  };
  yield {
    id: 'vitrine.runAll',
    label: 'Run everything in this tab',
    keybindings: [KeyCode.F5, KeyMod.CtrlCmd | KeyMod.Shift | KeyCode.Enter],
    contextMenuGroupId: 'navigation',
    run: () => onRun('all'),
  };
  yield {
    id: 'vitrine.cancelByEscape',
    label: 'Cancel what is running (Escape)',
    keybindings: [KeyCode.Escape],
    precondition: 'vitrineRunning',
    keybindingContext: nothingOpen,
    run: onCancel,
  };
}
