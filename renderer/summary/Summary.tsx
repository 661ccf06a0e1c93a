/** After the glass has closed: what was done, what was cut, and that every record arrived; to paste, and to keep. */
import { useState } from 'react';
import type { Summary as SummaryData } from '../../shared/ipc.ts';
import { visibleText } from '../../shared/visible.ts';
import { ask, type Bridge } from '../bridge.ts';
import { keyText, useCommands } from '../commands/index.ts';
import { environmentKind, environmentWord } from '../glass/scope-words.ts';
import { TargetMark } from '../glass/TargetMark.tsx';
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
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState('');
  const onTheWay = ledger.recorded - ledger.in_ledger;
  const copy = async () => {
    const answer = await ask(bridge.copySummary());
    if (!answer.ok) return say(answer.error);
    setDone('Copied as Markdown');
  };
  const save = async () => {
    if (busy) return;
    setBusy(true);
    const answer = await ask(bridge.saveEvidence());
    setBusy(false);
    if (!answer.ok) return say(answer.error);
    if (answer.value !== null)
      setDone(`Saved ${answer.value.file} (${bytes(answer.value.bytes)}) in ${answer.value.folder}`);
  };
  useCommands(() => [
    {
      id: 'summary.copy',
      title: 'Copy what you did, for the ticket',
      group: 'Glass',
      keys: ['Mod+Shift+C'],
      run: copy,
    },
    {
      id: 'summary.evidence',
      title: 'Save the evidence of this grant',
      group: 'Glass',
      keys: ['Mod+Shift+S'],
      unavailable: onTheWay > 0 ? 'records are still on their way' : null,
      run: save,
    },
  ]);
  const dismiss = async () => {
    const answer = await ask(bridge.dismissSummary());
    if (!answer.ok) say(answer.error);
  };
  return (
    <section className="card summary" aria-labelledby="summary-title">
      <header>
        <h1 id="summary-title">{titles[summary.why]}</h1>
        <TargetMark of={{ id: summary.target_id, environment: summary.environment }} />
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
        <Figure value={count(summary.rows_changed)} words={changedWords(summary)} />
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
        {summary.tables.length > 0 && <Tables tables={summary.tables} />}
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
        <span className={done === '' ? 'faint' : 'good row'} role="status">
          {done === '' ? (
            'Tabs are kept; result rows are gone.'
          ) : (
            <>
              <Icon name="tick" size={13} /> {done}
            </>
          )}
        </span>
        <span className="grow" />
        <button type="button" className="btn large" title={keyText('Mod+Shift+C')} onClick={() => void copy()}>
          Copy for the ticket
        </button>
        <button
          type="button"
          className="btn large"
          aria-disabled={onTheWay > 0 || busy}
          title={
            onTheWay > 0
              ? `${plural(onTheWay, 'record is', 'records are')} not in the ledger yet; the evidence would not be whole`
              : `Everything that proves what you did, to be checked offline (${keyText('Mod+Shift+S')})`
          }
          onClick={() => void save()}
        >
          {busy && <span className="spinner" />}
          Save evidence…
        </button>
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

/** `37 rows changed, committed`: what became of them, where it is not what one expects. */
function changedWords({ rows_changed: changed, fates }: SummaryData): string {
  const word = changed === 1 ? 'row changed' : 'rows changed';
  if (changed === 0) return word;
  if (fates.committed === changed) return `${word}, committed`;
  if (fates.rolled_back === changed) return `${word}, rolled back`;
  const parts = [
    fates.committed > 0 ? `${count(fates.committed)} committed` : null,
    fates.rolled_back > 0 ? `${count(fates.rolled_back)} rolled back` : null,
    fates.unknown > 0 ? `${count(fates.unknown)} not known` : null,
  ];
  return `${word}: ${parts.filter((part) => part !== null).join(', ')}`;
}

const MOST_NAMED = 8;
function Tables({ tables }: { readonly tables: readonly string[] }) {
  const more = tables.length - MOST_NAMED;
  return (
    <div className="fact">
      <Icon name="table" size={15} />
      <div>
        <b>{plural(tables.length, 'table')} named</b>
        <span className="muted" title={tables.join(', ')}>
          {' '}
          {tables.slice(0, MOST_NAMED).join(', ')}
          {more > 0 && ` and ${count(more)} more`}
        </span>
      </div>
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
              <span className="mono clip selectable" title={visibleText(statement.text)}>
                {oneLine(statement.text)}
              </span>
              {statement.port ? <span className="chip">local port</span> : <span />}
              <span className="muted">
                {statement.result === 'error' ? `error ${statement.sqlstate ?? ''}` : word === '' ? rows : word}
              </span>
              <span className="faint num">{statement.ms === null ? '' : took(statement.ms)}</span>
              <span className="faint num" title="Its place in the ledger">
                {statement.ledger_index === null ? '…' : `#${count(statement.ledger_index)}`}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
