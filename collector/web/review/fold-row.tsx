/** The app's own look-ups: one line that opens to all of them; and the line between two days. */
import { useId, useState } from 'react';
import { useNow } from '../state/desk.tsx';
import { Moment } from '../ui/bits.tsx';
import { Icon } from '../ui/icon.tsx';
import { kindWords, outcomeWords, type StatementEntry } from '../words/statement.ts';
import { dayWords } from '../words/time.ts';
import { foldWords } from '../words/timeline.ts';
import { LedgerIndex, RowFrame } from './row-frame.tsx';

export function FoldRow({ entries }: { readonly entries: readonly StatementEntry[] }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const [first] = entries;
  if (first === undefined) return null;
  return (
    <li className="event fold">
      <RowFrame at={first.at} sign="plain" right={null}>
        <button
          type="button"
          className="fold-button"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          <Icon name="chevron" size={12} /> {foldWords(entries)}
        </button>
        <ol id={id} className="fold-list" hidden={!open}>
          {open &&
            entries.map((entry) => (
              <li key={entry.intent}>
                <Moment at={entry.at} as="clock" />
                <span>
                  <code>{entry.norm ?? kindWords(entry)}</code>
                  <span className="faint"> {outcomeWords(entry)}</span>
                </span>
                <LedgerIndex index={entry.index} />
              </li>
            ))}
        </ol>
      </RowFrame>
    </li>
  );
}

export function DayLine({ at }: { readonly at: string }) {
  const now = useNow(null);
  return (
    <li className="day-line">
      <span>{dayWords(at, now)}</span>
    </li>
  );
}
