/** The right side: what follows from approving, before; what followed, after. */
import type { ReactNode } from 'react';
import type { RequestView } from '../../../shared/api.ts';
import { lessWords } from '../../../shared/given-less.ts';
import { Told } from '../told/told.tsx';
import { Foreign, Moment } from '../ui/bits.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { endWords, firstName } from '../words/grant.ts';
import { listed, plural } from '../words/number.ts';
import { missingWords } from '../words/request.ts';

interface FactWords {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
}

function factsOf(request: RequestView): readonly FactWords[] {
  const who = firstName(request.by.name);
  const write = request.scope.mode === 'write';
  const missing = request.approvals_needed - request.approvals.length;
  const from = missingWords(request);
  const others: FactWords | null =
    (request.approval_refused ?? null) === null
      ? null
      : { icon: 'people', title: 'Others have to answer', text: `Missing: ${listed(from)}.` };
  const facts: FactWords[] = [
    others ??
      (missing > 1
        ? {
            icon: 'people',
            title: `${plural(missing - 1, 'more person', 'more people')} after you`,
            text: `${plural(request.approvals_needed, 'approval')} in all. With yours, ${plural(missing - 1, 'more')} to go.${
              request.approvals_missing?.some(({ groups }) => groups !== null) ? ` Missing: ${listed(from)}.` : ''
            }`,
          }
        : {
            icon: 'unlock',
            title: `${who} can start at once`,
            text: `A database role is made for this grant alone. The time is counted from the moment ${who} starts.`,
          }),
    {
      icon: 'clock',
      title: `${plural(request.minutes, 'minute')}, then it closes`,
      text: 'A running statement is cancelled, an open transaction rolls back, the role is gone.',
    },
    write
      ? {
          icon: 'edit',
          title: 'Data can change',
          text: 'Only in the tables and columns named here. The database itself refuses the rest.',
        }
      : { icon: 'eye', title: 'Reading only', text: 'The database itself refuses anything that would change data.' },
    {
      icon: 'endorsed',
      title: 'Every statement is recorded',
      text: 'Signed before it is sent, provable afterwards. Result rows are never recorded.',
    },
    {
      icon: 'people',
      title: 'Your name stands on it',
      text: 'The approval, with your note, is part of the signed grant and of the ledger.',
    },
  ];
  return facts;
}

function Fact({
  icon,
  title,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <li className="happens-fact">
      <Icon name={icon} />
      <div>
        <b>{title}</b>
        <span>{children}</span>
      </div>
    </li>
  );
}

const CLOSED: Partial<Record<RequestView['state'], readonly [string, string]>> = {
  denied: ['Denied', 'Nothing was opened.'],
  withdrawn: ['Withdrawn', 'Before anybody answered.'],
  lapsed: ['Lapsed', 'Nobody answered in time.'],
};

/** What this approver left out of what was asked for. */
function Less({ of, request }: { readonly of: RequestView['approvals'][number]; readonly request: RequestView }) {
  const words = request.asked === undefined ? null : lessWords(of, request.asked);
  if (words === null) return null;
  return (
    <span className="happens-less">
      Gave <Foreign of={words} />.
    </span>
  );
}

/** Once it is answered: what happened so far, in order, and what comes next. */
function Happened({ request }: { readonly request: RequestView }) {
  const who = firstName(request.by.name);
  const closed = CLOSED[request.state];
  const { review } = request;
  return (
    <ol className="happens-list">
      <Fact icon="people" title={`${who} asked`}>
        <Moment at={request.created_at} as="moment" />
      </Fact>
      {request.approvals.map((approval) => (
        <Fact
          key={approval.sub}
          icon="tick"
          title={approval.alone ? `${who} broke the glass alone` : `${approval.name} approved`}
        >
          <Moment at={approval.at} as="moment" />
          <Less of={approval} request={request} />
        </Fact>
      ))}
      {closed !== undefined && (
        <Fact icon="cross" title={closed[0]}>
          {closed[1]}
        </Fact>
      )}
      {request.state === 'approved' && (
        <Fact icon="clock" title={`${who} has not started yet`}>
          Lapses <Moment at={request.lapses_at} as="moment" />.
        </Fact>
      )}
      {request.activated_at !== null && (
        <Fact icon="unlock" title="Opened">
          <Moment at={request.activated_at} as="moment" />
        </Fact>
      )}
      {request.state === 'active' && request.expires_at !== null && (
        <Fact icon="clock" title="Closes by itself">
          <Moment at={request.expires_at} as="moment" />, or earlier when {who} hands it back.
        </Fact>
      )}
      {request.ended_at !== null && request.end_reason !== null && (
        <Fact icon="lock" title={endWords[request.end_reason].replace('.', '')}>
          <Moment at={request.ended_at} as="moment" />
        </Fact>
      )}
      {review.state === 'signed' && (
        <Fact icon="endorsed" title="Reviewed">
          A reviewer signed it off.
        </Fact>
      )}
      {review.state !== 'signed' && review.due_at !== null && (
        <Fact icon="endorsed" title="A review is due">
          <Moment at={review.due_at} as="moment" />
        </Fact>
      )}
    </ol>
  );
}

export function WhatHappens({ request }: { readonly request: RequestView }) {
  const waiting = request.state === 'requested';
  const before = (request.approval_refused ?? null) === null ? 'If you approve' : 'If it is approved';
  return (
    <aside className="happens" aria-labelledby="happens-title">
      <h2 id="happens-title">{waiting ? before : 'So far'}</h2>
      {waiting ? (
        <ul className="happens-list">
          {factsOf(request).map(({ icon, title, text }) => (
            <Fact key={title} icon={icon} title={title}>
              {text}
            </Fact>
          ))}
        </ul>
      ) : (
        <Happened request={request} />
      )}
      <Told request={request} level={2} />
    </aside>
  );
}
