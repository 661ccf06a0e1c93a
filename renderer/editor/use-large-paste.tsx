/**
 * A very long paste: said before the window stands still for it, and refused, with the text untouched, where the tab
 * could not be saved any more.
 */
import { useEffect, useEffectEvent, useState } from 'react';
import { MAX_CHECKED, MAX_TAB_TEXT } from '../../shared/editor.ts';
import { useToast } from '../ui/Toasts.tsx';
import { count } from '../words/format.ts';
import type { monaco } from './monaco.ts';

interface Held<T> {
  readonly current: T | null;
}

/** Answers what is shown meanwhile. */
export function useLargePaste(root: Held<HTMLElement>, editor: Held<monaco.editor.IStandaloneCodeEditor>) {
  const say = useToast();
  const [taking, setTaking] = useState<number | null>(null);
  const take = useEffectEvent((event: ClipboardEvent) => {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    const now = editor.current;
    const model = now?.getModel();
    if (text.length <= MAX_CHECKED || !now || !model) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const replaced = (now.getSelections() ?? []).reduce((sum, range) => sum + model.getValueLengthInRange(range), 0);
    if (model.getValueLength() - replaced + text.length > MAX_TAB_TEXT) {
      say({
        code: 'paste_too_long',
        message: `The clipboard holds ${count(text.length)} characters, and a tab takes ${count(MAX_TAB_TEXT)} in all. Nothing was pasted; the text is as it was.`,
        hint: 'Paste a part of it, or give the file to psql through the local port.',
      });
      return;
    }
    setTaking(text.length);
    // The second frame begins when the first is on the screen.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        now.trigger('keyboard', 'paste', { text });
        setTaking(null);
      }),
    );
  });
  useEffect(() => {
    const element = root.current;
    const listener = (event: ClipboardEvent) => take(event);
    // Before the editor's own.
    element?.addEventListener('paste', listener, { capture: true });
    return () => element?.removeEventListener('paste', listener, { capture: true });
  }, [root]);
  return taking === null ? null : (
    <div className="large-text" role="status">
      <span className="spinner" />
      <p>Taking in {count(taking)} characters…</p>
    </div>
  );
}
