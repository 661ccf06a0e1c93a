/** Bytes with their offsets, a part at a time; any offset can be gone to. */
import { useState } from 'react';
import type { Bridge } from '../../bridge.ts';
import { Problem } from '../../ui/Problem.tsx';
import { bytesOf, hexLines, PER_LINE, PREFIX } from './bytea.ts';
import { Pager } from './Pager.tsx';
import { type Place, usePart } from './use-value.ts';

/** Bytes of a part. */
const STEP = 512 * PER_LINE;

export function HexView(props: { readonly bridge: Bridge; readonly place: Place; readonly bytes: number }) {
  const [from, setFrom] = useState(0);
  const [wanted, setWanted] = useState('');
  const size = (props.bytes - PREFIX) / 2;
  const part = usePart(props.bridge, props.place, PREFIX + 2 * from, 2 * STEP);
  if (part.state === 'failed') return <Problem error={part.problem} />;
  if (part.state === 'reading' || part.value === null) return null;
  if (size === 0) return <p className="value-empty muted">No bytes, and not NULL.</p>;
  const offset = offsetOf(wanted);
  const wrong = wanted.trim() !== '' && (offset === null || offset >= size);
  const last = size - 1;
  return (
    <>
      {size > STEP && (
        <div className="value-tools">
          <form
            className="row"
            onSubmit={(event) => {
              event.preventDefault();
              if (offset !== null && offset < size) setFrom(offset - (offset % PER_LINE));
            }}
          >
            <input
              className="input mono hex-offset"
              aria-label="Go to an offset, decimal or 0x"
              aria-invalid={wrong}
              placeholder="Go to 0x…"
              value={wanted}
              onChange={(event) => setWanted(event.target.value)}
            />
            {wrong && <span className="hex-wrong">up to 0x{last.toString(16)}</span>}
          </form>
          <span className="grow" />
          <Pager
            words={`0x${from.toString(16)} of 0x${size.toString(16)}`}
            onBefore={from > 0 ? () => setFrom(Math.max(0, from - STEP)) : null}
            onNext={from + STEP < size ? () => setFrom(from + STEP) : null}
          />
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has to by keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: its lines are one text, no list */}
      <pre className="hex mono selectable" tabIndex={0} role="group" aria-label="Bytes: offset, hex, text">
        {hexLines(bytesOf(part.value.text), from).map((line) => (
          <span key={line.offset} className="hex-line">
            <span className="faint">{line.offset}</span>
            {`  ${line.hex.padEnd(3 * PER_LINE + 1)}  `}
            <span className="muted">{line.text}</span>
            {'\n'}
          </span>
        ))}
      </pre>
    </>
  );
}

/** `4096` or `0x1000`; null for anything else. */
function offsetOf(text: string): number | null {
  const trimmed = text.trim();
  return /^(0x[0-9a-f]+|\d+)$/i.test(trimmed) ? Number(trimmed) : null;
}
