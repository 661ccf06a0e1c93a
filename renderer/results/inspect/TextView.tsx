/** A long text with wrapped lines and their numbers, one part of it at a time. Data is text, never markup. */
import { useState } from 'react';
import { visibleText } from '../../../shared/visible.ts';
import type { Bridge } from '../../bridge.ts';
import { Problem } from '../../ui/Problem.tsx';
import { bytes } from '../../words/format.ts';
import { Pager } from './Pager.tsx';
import { PART, type Place, usePart } from './use-value.ts';

interface Start {
  readonly from: number;
  /** Number of its first line. */
  readonly line: number;
}

export function TextView({ bridge, place }: { readonly bridge: Bridge; readonly place: Place }) {
  // The way back: where each part before this one begins.
  const [starts, setStarts] = useState<readonly Start[]>([{ from: 0, line: 1 }]);
  const [wrap, setWrap] = useState(true);
  const now = starts.at(-1) ?? { from: 0, line: 1 };
  const part = usePart(bridge, place, now.from);
  if (part.state === 'failed') return <Problem error={part.problem} />;
  if (part.state === 'reading' || part.value === null) return null;
  const { text, next, bytes: size } = part.value;
  const lines = text.split('\n');
  const end = next ?? size;
  return (
    <>
      <div className="value-tools">
        <label className="check">
          <input type="checkbox" checked={wrap} onChange={(event) => setWrap(event.target.checked)} />
          Wrap lines
        </label>
        <span className="grow" />
        {size > PART && (
          <Pager
            words={`${bytes(now.from)} to ${bytes(end)} of ${bytes(size)}`}
            onBefore={starts.length > 1 ? () => setStarts(starts.slice(0, -1)) : null}
            onNext={
              next === null ? null : () => setStarts([...starts, { from: next, line: now.line + lines.length - 1 }])
            }
          />
        )}
      </div>
      <ol
        key={now.from}
        className={`text-lines mono selectable ${wrap ? 'wrap' : ''}`}
        start={now.line}
        style={{ counterReset: `line ${now.line - 1}` }}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has to by keyboard
        tabIndex={0}
        aria-label="Lines of the value"
      >
        {lines.map((line, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a part never change
          <li key={n}>{visibleText(line)}</li>
        ))}
      </ol>
    </>
  );
}
