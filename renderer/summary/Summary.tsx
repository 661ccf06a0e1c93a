/** After the glass has closed: what was done, what was cut, and that every record arrived. */
import type { Summary as SummaryData } from '../../shared/ipc.ts';
import { ask, type Bridge } from '../bridge.ts';
import { environmentKind, environmentWord } from '../glass/scope-words.ts';
import { endedWords } from '../port/index.ts';
import { tagWords } from '../results/words.ts';
import { Icon } from '../ui/icons.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { bytes, clock, count, dayTime, minutes, oneLine, plural, took } from '../words/format.ts';
import './summary.css';

const titles = {
  expired: 'The time was over',
  handed_back: 'Handed back',
  revoked: 'The grant was revoked',
  failed: 'The grant ended early',
} as const;

export function Summary({ bridge, summary }: { readonly bridge: Bridge; readonly summary: SummaryData }) {
  const say = useToast();
  const { ledger } = summary;
  const dismiss = async () => {
    const answer = await ask(bridge.dismissSummary());
    if (!answer.ok) say(answer.error);
  };
  return (
    <section className="card summary" aria-labelledby="summary-title">
      <header>
        <h1 id="summary-title">{titles[summary.why]}</h1>
        <b>{summary.target}</b>
        <span className={`chip ${environmentKind(summary.environment)}`}>{environmentWord[summary.environment]}</span>
        <span className="chip">{summary.severity}</span>
        <span className="chip">{summary.ticket}</span>
      </header>
      <dl className="figures">
        <Figure value={clock(summary.used_ms)} words={`of ${minutes(Math.round(summary.total_ms / 60_000))} used`} />
        <Figure
          value={count(summary.statements)}
          words={`${summary.statements === 1 ? 'statement' : 'statements'}${summary.denied > 0 ? `, ${summary.denied} denied` : ''}`}
        />
        <Figure value={count(summary.rows_read)} words={summary.rows_read === 1 ? 'row read' : 'rows read'} />
        <Figure
          value={count(summary.rows_changed)}
          words={summary.rows_changed === 1 ? 'row changed' : 'rows changed'}
        />
        <Figure
          value={summary.gone_ms === null ? '…' : took(summary.gone_ms)}
          words={summary.gone_ms === null ? 'until the role is gone' : 'until the role was gone'}
        />
      </dl>
      <div className="summary-facts">
        {summary.cut !== null && (
          <div className="note warn">
            <Icon name="stop" size={15} />
            <div>
              <div>A statement was still running. {summary.cut.outcome}</div>
              <div className="mono muted clip selectable">{oneLine(summary.cut.text)}</div>
            </div>
          </div>
        )}
        {summary.transaction !== null && (
          <div className="note warn">
            <Icon name="history" size={15} />
            <div>{summary.transaction}</div>
          </div>
        )}
        {summary.exports.done > 0 && (
          <div className="fact">
            <Icon name="export" size={15} />
            <div>
              <b>
                {plural(summary.exports.done, 'export')}: {plural(summary.exports.rows, 'row')},{' '}
                {bytes(summary.exports.bytes)}
              </b>
              <span className="muted"> The files are yours to look after; delete what you no longer need.</span>
            </div>
          </div>
        )}
        {summary.exports.cut > 0 && (
          <div className="fact">
            <Icon name="stop" size={15} />
            <div>
              <b>{plural(summary.exports.cut, 'export')} did not come to an end</b>
              <span className="muted">
                {' '}
                What was written of {summary.exports.cut === 1 ? 'it' : 'them'} has been removed.
              </span>
            </div>
          </div>
        )}
        {summary.tools.length > 0 && <Tools tools={summary.tools} />}
        <LedgerFact ledger={ledger} />
        {summary.review_due_at !== null && (
          <div className="fact">
            <Icon name="history" size={15} />
            <div>
              <b>A review is due by {dayTime(summary.review_due_at, Date.now())}</b>
              <span className="muted"> While a review is overdue you cannot break the glass alone.</span>
            </div>
          </div>
        )}
      </div>
      <Statements summary={summary} />
      <footer>
        <span className="faint">Your tabs and their text are kept. Result rows are gone.</span>
        <span className="grow" />
        {/* biome-ignore lint/a11y/noAutofocus: the only thing to do on this page */}
        <button type="button" className="btn primary large" autoFocus onClick={() => void dismiss()}>
          Request again
        </button>
      </footer>
    </section>
  );
}

function Figure({ value, words }: { readonly value: string; readonly words: string }) {
  return (
    <div>
      <dt>{words}</dt>
      <dd className="num">{value}</dd>
    </div>
  );
}

function Tools({ tools }: { readonly tools: SummaryData['tools'] }) {
  const { title, detail } = endedWords(tools);
  return (
    <div className="fact">
      <Icon name="connection" size={15} />
      <div>
        <b>{title}</b>
        <span className="muted"> {detail}</span>
      </div>
    </div>
  );
}

function LedgerFact({ ledger }: { readonly ledger: SummaryData['ledger'] }) {
  const complete = ledger.in_ledger >= ledger.recorded;
  return (
    <div className="fact" role="status">
      {complete ? (
        <span className="good">
          <Icon name="tick" size={15} />
        </span>
      ) : (
        <span className="spinner" />
      )}
      <div>
        <b>
          {complete
            ? `Every record is in the ledger: ${count(ledger.in_ledger)} of ${count(ledger.recorded)}`
            : `${count(ledger.in_ledger)} of ${plural(ledger.recorded, 'record')} are in the ledger`}
        </b>
        <span className="muted">
          {' '}
          {complete
            ? ledger.index !== null && `The newest is number ${count(ledger.index)}.`
            : `The rest is safe on this disk and goes on being sent.${ledger.waiting === null ? '' : ` ${ledger.waiting}`}`}
        </span>
      </div>
    </div>
  );
}

const outcomes = {
  ok: { dot: '', word: '' },
  error: { dot: 'danger', word: 'error' },
  cancelled: { dot: 'warn', word: 'cancelled' },
  unknown: { dot: 'warn', word: 'unknown' },
  not_sent: { dot: 'hollow', word: 'not sent' },
} as const;

function Statements({ summary }: { readonly summary: SummaryData }) {
  if (summary.recent.length === 0) {
    return <p className="summary-none muted">No statement was sent.</p>;
  }
  return (
    <section
      className="statements"
      aria-label={`Statements, ${summary.recent.length}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reachable by keyboard
      tabIndex={0}
    >
      <ol>
        {summary.recent.map((statement) => {
          const { dot, word } = outcomes[statement.result];
          const rows = statement.tag === null ? word : tagWords(statement.tag);
          return (
            <li key={statement.intent}>
              <span className={`dot ${dot}`} />
              <span className="mono clip selectable" title={statement.text}>
                {oneLine(statement.text)}
              </span>
              {statement.port ? <span className="chip">local port</span> : <span />}
              <span className="muted">
                {statement.result === 'error' ? `error ${statement.sqlstate ?? ''}` : word === '' ? rows : word}
              </span>
              <span className="faint num">{statement.ms === null ? '' : took(statement.ms)}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
