/** One statement: what was sent, what came of it, what the reviewer says. */
import { memo } from 'react';
import { Foreign } from '../ui/bits.tsx';
import { Icon } from '../ui/icon.tsx';
import { kindWords, outcomeWords, type StatementEntry, signWords, statementSign } from '../words/statement.ts';
import { clockWords } from '../words/time.ts';
import { VERDICTS, type Verdict } from '../words/verdicts.ts';
import { RowFrame } from './row-frame.tsx';

interface Props {
  readonly entry: StatementEntry;
  readonly verdict: Verdict | null;
  readonly current: boolean;
  readonly signed: boolean;
  readonly onCurrent: (intent: string) => void;
  readonly onJudge: (intent: string, verdict: Verdict) => void;
  readonly onOpen: (entry: StatementEntry) => void;
}

/** The verdict as a chip; the three choices take its place while the row is current or under the pointer. */
function VerdictControl({ entry, verdict, current, signed, onJudge }: Omit<Props, 'onCurrent' | 'onOpen'>) {
  const said = VERDICTS.find(({ id }) => id === verdict);
  const chip = <span className={said === undefined ? 'chip' : `chip ${said.tone}`}>{said?.chip ?? 'no verdict'}</span>;
  if (signed) return chip;
  return (
    <div className="verdict">
      <span className="verdict-chip" aria-hidden="true">
        {chip}
      </span>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid over the chip */}
      <div className="verdict-choices" role="group" aria-label={`Verdict for the statement of ${clockWords(entry.at)}`}>
        {VERDICTS.map(({ id, label, key, tone }) => (
          <button
            key={id}
            type="button"
            className={`verdict-choice ${tone}`}
            aria-pressed={verdict === id}
            tabIndex={current ? 0 : -1}
            title={`${label} (${key})`}
            onClick={() => onJudge(entry.intent, id)}
          >
            {label}
          </button>
        ))}
      </div>
    </div>
  );
}

export const StatementRow = memo(function StatementRow(props: Props) {
  const { entry, current, onCurrent, onOpen } = props;
  const sign = statementSign(entry);
  const words = outcomeWords(entry);
  return (
    <li
      className="event statement"
      data-intent={entry.intent}
      data-current={current}
      aria-current={current ? 'true' : undefined}
      tabIndex={current ? 0 : -1}
      onFocus={() => onCurrent(entry.intent)}
    >
      <RowFrame at={entry.at} sign={sign} right={<VerdictControl {...props} />}>
        {entry.norm === null ? (
          <span className="statement-kind">
            <Icon name="lock" size={12} /> {kindWords(entry)}
          </span>
        ) : (
          <code>
            <Foreign of={entry.norm} />
          </code>
        )}
        <div className="event-more">
          <span className="sr-only">{signWords[sign]}: </span>
          {words}
          {entry.sealed && (
            <>
              {words === '' ? '' : ' · '}full text sealed{' '}
              <button type="button" className="link" tabIndex={current ? 0 : -1} onClick={() => onOpen(entry)}>
                Open with a reason
              </button>
            </>
          )}
        </div>
      </RowFrame>
    </li>
  );
});
