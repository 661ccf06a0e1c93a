/** Is this record complete and unaltered? The offline verifier's checks, run in this browser, in plain words. (I4) */
import { useState } from 'react';
import type { ReviewGrant, TimelineEntry } from '../../../shared/api.ts';
import { bundlePath } from '../api/calls.ts';
import { Told } from '../told/told.tsx';
import { Chip, Moment, ProblemNote } from '../ui/bits.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import type { Check, CheckState, Report } from '../verify/report.ts';
import { isLive } from '../words/grant.ts';
import { bytes, count, plural } from '../words/number.ts';
import { useVerification, type Verification } from './use-verification.ts';
import './completeness.css';

const ICONS: Record<CheckState, IconName | null> = {
  ok: 'tick',
  failed: 'cross',
  absent: 'dash',
  waiting: 'dash',
  running: null,
};
const SAID: Record<CheckState, string> = {
  ok: 'Passed',
  failed: 'Failed',
  absent: 'Not checked',
  waiting: 'Waiting',
  running: 'Checking',
};
const MOST_FINDINGS = 5;

function CheckLine({ check }: { readonly check: Check }) {
  const icon = ICONS[check.state];
  const more = check.findings.length - MOST_FINDINGS;
  return (
    <li className="check" data-state={check.state}>
      <span className="check-sign">
        {icon === null ? <span className="spinner" /> : <Icon name={icon} />}
        <span className="sr-only">{SAID[check.state]}: </span>
      </span>
      <div>
        <b>{check.title}</b> {check.detail}
        {check.findings.length > 0 && (
          <ul className="findings">
            {check.findings.slice(0, MOST_FINDINGS).map((finding) => (
              <li key={finding}>{finding}</li>
            ))}
            {more > 0 && <li>and {plural(more, 'more finding')}; the verifier lists all of them</li>}
          </ul>
        )}
      </div>
    </li>
  );
}

function Running({ verification }: { readonly verification: Verification }) {
  const progress = verification.state === 'running' ? verification.progress : null;
  const words =
    progress === null
      ? 'About to check'
      : progress.stage === 'download'
        ? `Downloading the bundle${progress.bytes > 0 ? `, ${bytes(progress.bytes)}` : ''}`
        : 'Checking every signature and proof';
  return (
    <div className="checking">
      <div className="row">
        <span className="spinner" />
        <span className="muted num">{words}…</span>
      </div>
      <progress
        aria-label={words}
        {...(progress?.part === null || progress === null ? {} : { value: progress.part })}
        max={1}
      />
    </div>
  );
}

const failedOf = (report: Report): number => report.checks.filter((check) => check.state === 'failed').length;

/** One sentence for the whole, also read aloud when it appears. */
function summary(verification: Verification): { readonly text: string; readonly tone: 'ok' | 'danger' | 'plain' } {
  if (verification.state === 'failed') return { text: 'could not check', tone: 'danger' };
  if (verification.state !== 'done') return { text: 'checking', tone: 'plain' };
  const failed = failedOf(verification.report);
  if (failed > 0) return { text: `${plural(failed, 'check')} failed`, tone: 'danger' };
  const passed = verification.report.checks.filter((check) => check.state === 'ok').length;
  const absent = verification.report.checks.length - passed;
  const rest = absent === 0 ? '' : `, ${count(absent)} not checked`;
  return { text: `${plural(passed, 'check')} passed${rest}`, tone: passed === 0 ? 'plain' : 'ok' };
}

type AlertEntry = Extract<TimelineEntry, { kind: 'alert' }>;

function Alerts({ alerts }: { readonly alerts: readonly AlertEntry[] }) {
  return (
    <section className="panel-part" aria-labelledby="alerts-title">
      <h3 id="alerts-title">Alerts</h3>
      <ul className="checks">
        {alerts.length === 0 && (
          <li className="check" data-state="absent">
            <span className="check-sign">
              <Icon name="dash" />
            </span>
            <div>None for this grant</div>
          </li>
        )}
        {alerts.map((alert) => (
          <li className="check" data-state="failed" key={`${alert.alert}-${alert.index}-${alert.at}`}>
            <span className="check-sign">
              <Icon name="warning" />
            </span>
            <div>
              <b>{alert.alert.replaceAll('_', ' ')}</b> <Moment at={alert.at} as="clock" />
              <div>{alert.detail}</div>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Completeness({ id, view }: { readonly id: string; readonly view: ReviewGrant }) {
  const [open, setOpen] = useState(false);
  const live = isLive(view.item.request);
  const newest = view.timeline.at(-1)?.index ?? 0;
  const { verification, again } = useVerification(id, newest, live);
  const { text, tone } = summary(verification);
  const grown = verification.state === 'done' && newest > verification.newest;
  const alerts = view.timeline.filter((entry): entry is AlertEntry => entry.kind === 'alert');
  return (
    <aside className="panel" aria-label="Completeness" data-open={open}>
      <section className="panel-part" aria-labelledby="complete-title">
        <div className="panel-head">
          <h3 id="complete-title">Is this record complete and unaltered?</h3>
          <span role="status" className="panel-summary">
            <Chip text={text} tone={tone} />
          </span>
          <button type="button" className="btn quiet panel-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide checks' : 'Show checks'}
          </button>
        </div>
        <div className="panel-body">
          {verification.state === 'done' && (
            <>
              {failedOf(verification.report) > 0 && (
                <div className="note danger">
                  <Icon name="error" />
                  <span>
                    <b>Do not trust this record as it stands.</b> Keep the bundle and run the verifier on your own
                    machine.
                  </span>
                </div>
              )}
              <ul className="checks num">
                {verification.report.checks.map((check) => (
                  <CheckLine key={check.id} check={check} />
                ))}
              </ul>
            </>
          )}
          {(verification.state === 'waiting' || verification.state === 'running') && (
            <Running verification={verification} />
          )}
          {verification.state === 'failed' && (
            <ProblemNote problem={verification.problem}>
              <button type="button" className="link" onClick={again}>
                Check again
              </button>
            </ProblemNote>
          )}
          {grown && (
            <p className="panel-small">
              {live ? 'The grant is live: more was recorded since this check.' : 'More was recorded since this check.'}{' '}
              <button type="button" className="link" onClick={again}>
                Check again
              </button>
            </p>
          )}
          <p className="panel-small">
            {verification.state === 'done' && (
              <span className="num">
                {plural(verification.report.entries, 'entry', 'entries')} of {bytes(verification.report.bytes)} in{' '}
                {(verification.report.ms / 1000).toFixed(1)} s.{' '}
              </span>
            )}
            Checked in this browser by code this server sent. For independent proof, download the bundle and run the
            verifier on your own machine, with a log key you pinned.
          </p>
        </div>
        <a className="btn panel-download" href={bundlePath(id)} download={`vitrine-${id}.ndjson`}>
          <Icon name="download" /> Download evidence bundle
        </a>
      </section>
      <div className="panel-body">
        <Alerts alerts={alerts} />
        <Told request={view.item.request} level={3} />
      </div>
    </aside>
  );
}
