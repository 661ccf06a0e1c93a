/** The two lists of every stop: what will end, and what came of it. */
import type { StopAnswer } from '../../../shared/api-stop.ts';
import { Foreign } from '../ui/bits.tsx';
import { Icon } from '../ui/icon.tsx';
import { plural } from '../words/number.ts';
import { type EndLine, outcomeLines } from '../words/stop.ts';
import './stop.css';

export function Ends({ lines, label }: { readonly lines: readonly EndLine[]; readonly label: string }) {
  if (lines.length === 0)
    return <p className="ends-none muted">Nothing is open there now. The stop is recorded all the same.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long list scrolls
    <ul className="ends num" aria-label={label} tabIndex={0}>
      {lines.map(({ key, who, what }) => (
        <li key={key}>
          <span className="clip">
            <Foreign of={who} />
          </span>
          <span className="muted">{what}</span>
        </li>
      ))}
    </ul>
  );
}

const ICON = { ok: 'tick', warn: 'warning', plain: 'dash' } as const;

export function Outcome({ answer }: { readonly answer: StopAnswer }) {
  const lines = outcomeLines(answer);
  return (
    <>
      {lines.length === 0 ? (
        <p className="ends-none muted">No grant was live and no request waited.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long list scrolls
        <ul className="ends num" aria-label="What came of each" tabIndex={0}>
          {lines.map(({ key, who, what, tone }) => (
            <li key={key} data-tone={tone}>
              <Icon name={ICON[tone]} size={12} />
              <span className="clip">
                <Foreign of={who} />
              </span>
              <span className="muted">{what}</span>
            </li>
          ))}
        </ul>
      )}
      {answer.not_yet.length > 0 && (
        <div className="note warn" role="alert">
          <Icon name="warning" />
          <span>
            <b>The end is stored; the role is still on the target.</b> The collector tries again until it is gone. Where
            the database runs and only the collector cannot reach it, the role may work until its deadline: cut its
            network if you cannot wait.
          </span>
        </div>
      )}
    </>
  );
}

/** Shown after a second: how far a stop is, where that is known. */
export function Running({ gone, of }: { readonly gone: number | null; readonly of: number }) {
  const words = of === 0 ? 'Closing what waits' : `Ending ${plural(of, 'grant')}`;
  return (
    <div className="running" role="status">
      <span className="spinner" />
      <span className="muted num">
        {gone === null || of === 0 ? words : `${gone} of ${of} gone from their targets`}
      </span>
    </div>
  );
}
