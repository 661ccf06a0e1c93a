/** Lays text out anew: one edit, one step to undo, the cursor where it was. Main decides whether it may be. */
import { MAX_CHECKED } from '../../shared/editor.ts';
import type { Formatted } from '../../shared/ipc-editor.ts';
import { ask, type Bridge } from '../bridge.ts';
import type { Notice } from '../ui/Toasts.tsx';
import { plural } from '../words/format.ts';
import type { monaco } from './monaco.ts';
import { samePlace } from './positions.ts';

/** Answers what to say about it; null where there is nothing to say. */
export async function layOut(
  editor: monaco.editor.ICodeEditor,
  bridge: Bridge,
  range: monaco.Range,
): Promise<Notice | null> {
  const model = editor.getModel();
  if (model === null) return null;
  const before = model.getValueInRange(range);
  if (before.length > MAX_CHECKED)
    return {
      code: 'format',
      message: 'This text is too long to format. Nothing was changed.',
      hint: 'Select a part of it.',
    };
  const version = model.getVersionId();
  const answer = await ask(bridge.formatSql(before));
  if (!answer.ok) return answer.error;
  const { text } = answer.value;
  if (editor.getModel() !== model || model.getVersionId() !== version) return CHANGED;
  if (text !== before) {
    const start = model.getOffsetAt(range.getStartPosition());
    const cursor = model.getOffsetAt(editor.getPosition() ?? range.getStartPosition()) - start;
    const inside = cursor >= 0 && cursor <= before.length;
    editor.pushUndoStop();
    editor.executeEdits('format', [{ range, text }]);
    editor.pushUndoStop();
    if (inside) editor.setPosition(model.getPositionAt(start + samePlace(before, cursor, text)));
    editor.revealPositionInCenterIfOutsideViewport(editor.getPosition() ?? range.getStartPosition());
  }
  return wordsFor(answer.value, text !== before);
}

const CHANGED: Notice = {
  code: 'format',
  message: 'The text was changed meanwhile, so it was not formatted.',
  hint: null,
  fleeting: true,
};

function wordsFor({ kept, done }: Formatted, changed: boolean): Notice | null {
  const WHY = 'What does not parse, and what a new layout could change, is never touched.';
  if (kept > 0 && done === 0)
    return {
      code: 'format',
      message: `Left as it is: ${plural(kept, 'statement')} could not be formatted safely.`,
      hint: WHY,
    };
  if (kept > 0)
    return { code: 'format', message: `Formatted, but for ${plural(kept, 'statement')} left as it was.`, hint: WHY };
  return changed
    ? null
    : { code: 'format', message: 'It is formatted already.', hint: null, kind: 'ok', fleeting: true };
}
