/** Asks which part of a statement is meant where the cursor stands in a query inside it. */
import { useCallback, useState } from 'react';
import { ask, type Bridge } from '../bridge.ts';
import { useSettings } from '../settings.tsx';
import type { monaco } from './monaco.ts';
import { PartChooser } from './PartChooser.tsx';
import type { Range } from './positions.ts';
import { toRange } from './statements.ts';

interface Asked {
  readonly editor: monaco.editor.ICodeEditor;
  readonly model: monaco.editor.ITextModel;
  readonly choices: readonly { readonly what: string; readonly text: string; readonly range: monaco.Range }[];
  readonly line: { readonly left: number; readonly top: number; readonly bottom: number };
  readonly mark: monaco.editor.IEditorDecorationsCollection;
  readonly answer: (range: monaco.Range | null) => void;
}

export interface PartsHandle {
  /** The range to run of the statement; null where the person has thought better of it. */
  choose(editor: monaco.editor.ICodeEditor, statement: Range): Promise<monaco.Range | null>;
  readonly list: React.ReactNode;
}

export function useParts(bridge: Bridge): PartsHandle {
  const { settings, change } = useSettings();
  const [asked, setAsked] = useState<Asked | null>(null);

  const choose = async (editor: monaco.editor.ICodeEditor, statement: Range): Promise<monaco.Range | null> => {
    const model = editor.getModel();
    const position = editor.getPosition();
    if (model === null || position === null) return null;
    const whole = toRange(model, statement);
    const cursor = model.getOffsetAt(position) - statement.start;
    if (settings.run_part === 'whole' || cursor < 0) return whole;
    const version = model.getVersionId();
    const answer = await ask(bridge.findParts({ text: model.getValueInRange(whole), cursor }));
    // Without an answer, or with one about another text, the statement is what was meant.
    if (!answer.ok || answer.value.length === 0 || model.getVersionId() !== version) return whole;
    const parts = answer.value.map(({ what, start, end }) => ({
      what,
      range: toRange(model, { start: statement.start + start, end: statement.start + end }),
    }));
    const choices = [{ what: 'Whole statement', range: whole }, ...parts].map((one) => ({
      ...one,
      text: model.getValueInRange(one.range),
    }));
    return new Promise((resolve) => {
      const mark = editor.createDecorationsCollection();
      const done = (range: monaco.Range | null) => {
        // First of all: the list takes the loss of the focus for a no.
        resolve(range);
        mark.clear();
        setAsked(null);
        editor.focus();
      };
      setAsked({ editor, model, choices, line: lineOf(editor, position), mark, answer: done });
    });
  };
  const look = useCallback(
    (index: number) => {
      const range = asked?.choices[index]?.range;
      if (asked === null || range === undefined) return;
      asked.mark.set([{ range, options: { className: 'part-chosen' } }]);
    },
    [asked],
  );
  const whole = asked?.choices[0]?.range ?? null;
  return {
    choose,
    list: asked !== null && (
      <PartChooser
        choices={asked.choices}
        line={asked.line}
        onLook={look}
        onChoose={(index) => asked.answer(asked.choices[index]?.range ?? null)}
        onAlways={() => {
          change({ run_part: 'whole' });
          asked.answer(whole);
        }}
        onNo={() => asked.answer(null)}
      />
    ),
  };
}

function lineOf(editor: monaco.editor.ICodeEditor, position: monaco.Position): Asked['line'] {
  editor.revealPosition(position);
  const box = editor.getDomNode()?.getBoundingClientRect();
  const at = editor.getScrolledVisiblePosition(position);
  const top = (box?.top ?? 0) + (at?.top ?? 0);
  return { left: (box?.left ?? 0) + (at?.left ?? 0), top, bottom: top + (at?.height ?? 0) };
}
