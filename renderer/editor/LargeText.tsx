/** Says what is switched off for a very long text, before somebody wonders; and, loudest, that it is not saved. */
import { useSyncExternalStore } from 'react';
import { MAX_CHECKED, MAX_TAB_TEXT } from '../../shared/editor.ts';
import { Icon } from '../ui/icons.tsx';
import { count } from '../words/format.ts';
import type { Documents } from './documents.ts';

export function LargeText({ documents, tab }: { readonly documents: Documents; readonly tab: string }) {
  const length = useSyncExternalStore(
    (listener) => {
      const listening = documents.get(tab)?.model.onDidChangeContent(listener);
      return () => listening?.dispose();
    },
    // A shorter text draws nothing, however often it changes.
    () => Math.max(MAX_CHECKED, documents.length(tab)),
  );
  if (length <= MAX_CHECKED) return null;
  const unsaved = length > MAX_TAB_TEXT;
  return (
    <div className={`large-text ${unsaved ? 'warn' : ''}`} role="status">
      <Icon name={unsaved ? 'warning' : 'info'} />
      <p>
        <b>
          {unsaved
            ? `This text is not saved: it has ${count(length)} characters, and at most ${count(MAX_TAB_TEXT)} are.`
            : `This text has ${count(length)} characters.`}
        </b>{' '}
        {unsaved && 'It stays here until you close the tab, hand back or quit. '}
        From {count(MAX_CHECKED)} on, the mark of the current statement, warnings, formatting and parameters are off.
        Select what to run.
      </p>
    </div>
  );
}
