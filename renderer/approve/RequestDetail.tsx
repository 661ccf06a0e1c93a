/** One request as its approver sees it: who, what exactly, why, for how long, who has approved; then the answer. */
import { useState } from 'react';
import type { RequestView } from '../../shared/api.ts';
import { standingOf } from '../../shared/approve.ts';
import { givenLess } from '../../shared/given-less.ts';
import { scopeWords, tableWords } from '../../shared/scope-words.ts';
import type { Bridge } from '../bridge.ts';
import { environmentKind, environmentWord } from '../glass/scope-words.ts';
import { Foreign } from '../ui/Foreign.tsx';
import { Icon } from '../ui/icons.tsx';
import { plural, utcTime } from '../words/format.ts';
import { ApproveForm } from './ApproveForm.tsx';
import { DenyForm } from './DenyForm.tsx';
import { type Draft, type Drafts, draftOf } from './draft.ts';
import { asked, lapses, missingWords, whyNot } from './words.ts';

export function RequestDetail(props: {
  readonly bridge: Bridge;
  readonly request: RequestView;
  readonly me: string;
  readonly now: number;
  readonly drafts: Drafts;
  readonly onAnswered: (request: RequestView, what: 'approve' | 'deny') => void;
}) {
  const { request, me, now, drafts } = props;
  const [asking, setAsking] = useState<'approve' | 'deny' | null>(null);
  const [draft, setDraft] = useState<Draft>(() => draftOf(drafts, request));
  const change = (part: Partial<Draft>) => {
    const next = { ...draft, ...part };
    setDraft(next);
    drafts.set(request.id, next);
  };
  const standing = standingOf(request, me);
  const why = whyNot(request, me);
  const form = {
    bridge: props.bridge,
    request,
    draft,
    change,
    onBack: () => setAsking(null),
    onAnswered: props.onAnswered,
  };
  return (
    <article className="approve-detail" aria-label={`${request.by.name} asks for ${request.target.label}`}>
      <div className="row approve-title">
        <h3>
          <Foreign of={request.by.name} /> asks for {request.target.label}
        </h3>
        <span className={`chip ${environmentKind(request.target.environment)}`}>
          {environmentWord[request.target.environment]}
        </span>
        <span className={`chip ${request.scope.mode === 'write' ? 'write' : 'live'}`}>
          {request.scope.mode === 'write' ? 'Write' : 'Read'} · {request.scope.label}
        </span>
      </div>
      <blockquote className="selectable">
        <Foreign of={request.reason} />
      </blockquote>
      <dl>
        <dt>Severity</dt>
        <dd>{request.severity}</dd>
        <dt>Incident</dt>
        <dd className="mono selectable">{request.ticket}</dd>
        <dt>For</dt>
        <dd className="num">{plural(request.minutes, 'minute')}</dd>
        <dt>Asked</dt>
        <dd className="num">
          {utcTime(request.created_at)} · {asked(request, now)}, {lapses(request, now)}
        </dd>
        <dt>Approvals</dt>
        <dd>
          {request.approvals.map((approval) => (
            <div key={approval.sub} className="row">
              <Icon name="tick" size={12} />
              <Foreign of={approval.name} /> <span className="faint num">{utcTime(approval.at)}</span>
            </div>
          ))}
          {missingWords(request).map((words) => (
            <div key={words} className="muted">
              <Foreign of={words} />
            </div>
          ))}
        </dd>
      </dl>
      {givenLess(request).map((sentence) => (
        <div key={sentence} className="note warn">
          <Icon name="info" size={15} />
          <Foreign of={`${sentence}.`} />
        </div>
      ))}
      <section className="approve-scope" aria-label="Exactly this">
        <div className="row">
          <b>Exactly this</b>
          <span className="grow" />
          <span className="muted">{scopeWords(request.scope)}</span>
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
        <ul tabIndex={0} aria-label="Tables in this scope">
          {request.scope.tables.map((table) => {
            const words = tableWords(table);
            return (
              <li key={words.name}>
                <span className="mono">{words.name}</span>
                <span className={words.writes ? 'approve-writes' : 'muted'}>{words.verbs}</span>
                {words.limits.map((limit) => (
                  <span key={limit} className="faint approve-limit">
                    {limit}
                  </span>
                ))}
              </li>
            );
          })}
        </ul>
      </section>
      {why !== null && (
        <div className="note">
          <Icon name="info" size={15} />
          <Foreign of={why} />
        </div>
      )}
      {asking === null && standing !== 'own' && (
        <div className="row approve-answers">
          {standing === 'answer' && (
            <button type="button" className="btn primary large" onClick={() => setAsking('approve')}>
              Approve…
            </button>
          )}
          <button type="button" className="btn large" onClick={() => setAsking('deny')}>
            Deny…
          </button>
        </div>
      )}
      {asking === 'approve' && <ApproveForm {...form} />}
      {asking === 'deny' && <DenyForm {...form} />}
    </article>
  );
}
