/** What Monaco can do by itself, as commands of ours: those that mean something in SQL, under their usual keys. */
import type { Command } from '../commands/index.ts';
import type { EditorHandle } from './SqlEditor.tsx';

const offered: readonly (readonly [id: string, title: string, ...keys: string[]])[] = [
  ['actions.find', 'Find', 'Mod+F'],
  ['editor.action.startFindReplaceAction', 'Find and replace', 'Mod+H'],
  ['editor.action.nextMatchFindAction', 'Find the next', 'F3'],
  ['editor.action.previousMatchFindAction', 'Find the one before', 'Shift+F3'],
  ['editor.action.gotoLine', 'Go to a line', 'Mod+G'],
  ['editor.action.addSelectionToNextFindMatch', 'Select the next occurrence too', 'Mod+D'],
  ['editor.action.selectHighlights', 'Select all occurrences', 'Mod+Shift+L'],
  ['editor.action.changeAll', 'Change all occurrences', 'Mod+F2'],
  ['editor.action.insertCursorAbove', 'Another cursor above', 'Mod+Alt+ArrowUp'],
  ['editor.action.insertCursorBelow', 'Another cursor below', 'Mod+Alt+ArrowDown'],
  ['editor.action.insertCursorAtEndOfEachLineSelected', 'A cursor at the end of each selected line', 'Shift+Alt+I'],
  ['editor.action.commentLine', 'Comment the line, or not', 'Mod+/'],
  ['editor.action.moveLinesUpAction', 'Move the line up', 'Alt+ArrowUp'],
  ['editor.action.moveLinesDownAction', 'Move the line down', 'Alt+ArrowDown'],
  ['editor.action.copyLinesDownAction', 'Copy the line down', 'Shift+Alt+ArrowDown'],
  ['editor.action.deleteLines', 'Delete the line', 'Mod+Shift+K'],
  ['editor.action.joinLines', 'Join the lines'],
  ['editor.action.sortLinesAscending', 'Sort the lines'],
  ['editor.action.transformToUppercase', 'Upper case'],
  ['editor.action.transformToLowercase', 'Lower case'],
  ['editor.action.smartSelect.expand', 'Select more', 'Shift+Alt+ArrowRight'],
  ['editor.action.smartSelect.shrink', 'Select less', 'Shift+Alt+ArrowLeft'],
  ['editor.action.marker.next', 'Next warning', 'Alt+F8'],
  ['editor.action.marker.prev', 'Warning before', 'Shift+Alt+F8'],
  ['editor.action.triggerSuggest', 'Complete', 'Mod+ '],
  ['editor.action.showHover', 'What is this?'],
  ['editor.action.triggerParameterHints', 'Arguments of this function', 'Mod+Shift+ '],
];

/** In the order above; keys are Monaco's, so they are only told. */
export function editorCommands(editor: EditorHandle | null): Command[] {
  const there = new Map(editor?.actions().map((action) => [action.id, action]));
  return offered.flatMap(([id, title, ...keys]) => {
    const action = there.get(id);
    if (action === undefined) return [];
    const run = () => {
      editor?.focus();
      void action.run();
    };
    return [{ id: `editor.${id}`, title, group: 'Editor', keys, where: 'told only', run } as const];
  });
}
