/** Periodic audits: the periods at the left, the report of one beside them. j/k or the arrows go from period to period. */
import { useRef } from 'react';
import { type AuditList, type AuditReport, findingsOf } from '../../../shared/audits.ts';
import { useDesk, useNow } from '../state/desk.tsx';
import { useKeys } from '../state/keys.ts';
import { useLive } from '../state/live.ts';
import { Chip, Loading, Moment, ProblemNote, StaleBar } from '../ui/bits.tsx';
import { Icon } from '../ui/icon.tsx';
import { PageLink, TopBar } from '../ui/top-bar.tsx';
import { findingsLabel, periodWords, requestsWords } from '../words/audit.ts';
import { count, listed } from '../words/number.ts';
import { AuditTables } from './tables.tsx';
import './audits.css';

const EVERY = 60_000;

export function AuditsPage({ audit }: { readonly audit: string | null }) {
  const { calls, onSignedOut } = useDesk();
  const chosen = audit ?? 'running';
  const list = useLive<AuditList>('audits', {
    load: (_, signal) => calls.audits({ signal }),
    pause: () => EVERY,
    onSignedOut,
  });
  const report = useLive<AuditReport>(`audit ${chosen}`, {
    load: (_, signal) => calls.audit(chosen, { signal }),
    // What is written does not change.
    pause: () => (chosen === 'running' ? EVERY : null),
    onSignedOut,
  });
  const now = useNow(EVERY);
  const periods = useRef<HTMLUListElement>(null);
  useKeys((key) => {
    const step = key === 'j' || key === 'ArrowDown' ? 1 : key === 'k' || key === 'ArrowUp' ? -1 : 0;
    const links = Array.from(periods.current?.querySelectorAll<HTMLElement>('a') ?? []);
    const focus = document.activeElement;
    const at = focus instanceof HTMLElement ? links.indexOf(focus) : -1;
    // In the report the arrows scroll.
    if (step === 0 || (at < 0 && key.startsWith('Arrow'))) return false;
    links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
    return links.length > 0;
  });
  const problem = report.problem ?? list.problem;
  return (
    <div className="page">
      <TopBar current="audits" />
      <div className="audits">
        <Periods ref={periods} list={list.value} chosen={chosen} />
        <main className="audit">
          <StaleBar problem={report.value === null ? null : problem} />
          {report.value === null && <h1 className="sr-only">Audits</h1>}
          {report.value === null && report.problem === null && <Loading what="Reading the audit" />}
          {report.value === null && report.problem !== null && <ProblemNote problem={report.problem} />}
          {report.value !== null && <Report id={chosen} report={report.value} list={list.value} now={now} />}
        </main>
      </div>
    </div>
  );
}

function Periods(props: {
  readonly ref: React.Ref<HTMLUListElement>;
  readonly list: AuditList | null;
  readonly chosen: string;
}) {
  const { go } = useDesk();
  const { ref, list, chosen } = props;
  return (
    <nav className="audit-periods" aria-label="Periods">
      <ul ref={ref}>
        <li>
          <PageLink to="/audits" go={go} current={chosen === 'running'}>
            <span className="row">
              <b>{list?.every === 'week' ? 'This week' : 'This month'}</b>
              <span className="grow" />
              <span className="muted">so far</span>
            </span>
          </PageLink>
        </li>
        {list?.audits.map(({ id, from, until, findings }) => (
          <li key={id}>
            <PageLink to={`/audits/${id}`} go={go} current={chosen === id}>
              <span className="row">
                <b className="clip">{periodWords(list.every, from, until)}</b>
                <span className="grow" />
                {findings > 0 && <Chip text={count(findings)} tone="danger" />}
              </span>
            </PageLink>
          </li>
        ))}
      </ul>
      {list?.audits.length === 0 && (
        <p className="muted">The first audit is written by itself when this {list.every} ends, and stays here.</p>
      )}
    </nav>
  );
}

function Report(props: {
  readonly id: string;
  readonly report: AuditReport;
  readonly list: AuditList | null;
  readonly now: number;
}) {
  const { id, report, list, now } = props;
  const written = list?.audits.find((one) => one.id === id);
  const { every = 'month' } = list ?? {};
  return (
    <>
      <header className="audit-head">
        <div className="row">
          <h1>{periodWords(every, report.from, report.until)}</h1>
          <Chip {...findingsLabel(findingsOf(report))} />
          <span className="grow" />
          <a className="btn" href={`/v1/audits/${id}`} download={`vitrine-audit-${id}.json`}>
            All of it, as JSON
          </a>
        </div>
        <p className="muted">
          {requestsWords(report.grants)} · read <Moment at={report.at} as="moment" />
          {written === undefined ? (
            ' · the period has not ended: this is kept nowhere'
          ) : (
            <>
              {' · '}
              <span title={`SHA-256 ${written.digest}`}>recorded in the ledger, number {count(written.index)}</span>
            </>
          )}
        </p>
      </header>
      {report.unreachable.length > 0 && (
        <div className="note warn" role="status">
          <Icon name="offline" />
          <div>
            <b>{listed(report.unreachable.map(({ label }) => label))} did not answer.</b>
            <div className="muted">Whether a role was left there was not looked at.</div>
          </div>
        </div>
      )}
      <AuditTables id={id} report={report} now={now} />
    </>
  );
}
