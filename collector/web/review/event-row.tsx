/** Everything on the timeline that is not a statement, one sentence each. */
import type { ReactNode } from 'react';
import type { TimelineEntry } from '../../../shared/api.ts';
import { visibleText } from '../../../shared/visible.ts';
import { Chip, Moment } from '../ui/bits.tsx';
import { envelopeWords } from '../words/envelope.ts';
import { endWords } from '../words/grant.ts';
import { noticeWords } from '../words/notice.ts';
import { listed, plural } from '../words/number.ts';
import type { Sign } from '../words/statement.ts';
import { ageWords, durationWords } from '../words/time.ts';
import { LedgerIndex, RowFrame } from './row-frame.tsx';

type EventEntry = Exclude<TimelineEntry, { kind: 'statement' }>;
interface Shown {
  readonly sign: Sign;
  readonly head: ReactNode;
  readonly text?: ReactNode;
  readonly more?: ReactNode;
  readonly chip?: ReactNode;
}

const DECISIONS = { approved: 'Approved', denied: 'Denied', withdrawn: 'Withdrawn', lapsed: 'Lapsed' } as const;
const NOTICE_SIGNS: Record<string, Sign> = { refused: 'bad', elevated: 'write' };
const FAULTS: Record<string, string> = {
  torn_tail: 'A torn record was cut off',
  sync_failed: 'The disk refused a record',
  clock_jump: 'The clock jumped',
  recovered: 'The app came back after a crash',
  abandoned: 'A session was abandoned',
};
const SESSION_ENDS: Record<string, string> = {
  expired: 'at the deadline',
  handed_back: 'on hand-back',
  revoked: 'on revocation',
  disconnected: 'when the app hung up',
  failed: 'after a failure',
  recovered: 'found open after a crash',
};
/** Set apart from the direction of what stands around it (U+2068, U+2069). */
const quoted = (text: string): string => `“\u2068${visibleText(text)}\u2069”`;
const codeWords = (code: string): string => code.replaceAll('_', ' ');

/** How long before, and how, its actor had signed in. */
function signedIn({ auth_age_s: age, acr }: { auth_age_s?: number | null | undefined; acr?: string | undefined }) {
  if (age === null || age === undefined) return null;
  const how = acr === undefined ? '' : ` with ${visibleText(acr)}`;
  return `Signed in ${ageWords(age)} before${how}.`;
}

/** What was given less, then the note in its writer's words. */
function decisionText(entry: Extract<EventEntry, { kind: 'decision' }>): string | null {
  const { note, minutes, scope, without } = entry;
  const signed = signedIn(entry);
  const parts = [
    ...(minutes === undefined ? [] : [`${plural(minutes, 'minute')} and scope ${scope ?? ''} left.`]),
    ...(without === undefined ? [] : [`Without ${visibleText(listed(without))}.`]),
    ...(note === null || note === '' ? [] : [quoted(note)]),
    ...(signed === null ? [] : [signed]),
  ];
  return parts.length === 0 ? null : parts.join(' ');
}

const CHANGES = { extend: 'Extension', elevate: 'Write access' } as const;
const CHANGE_ENDS = {
  expired: 'Write access ended on time.',
  handed_back: 'Write access given back.',
  revoked: 'Write access revoked.',
  failed: 'Write access given up.',
} as const;

function changeShown(entry: Extract<EventEntry, { kind: 'change' }>): Shown {
  const { change, event, minutes, tables, until } = entry;
  const where = tables.length === 0 ? '' : ` to ${visibleText(listed(tables))}`;
  if (event === 'asked')
    return {
      sign: 'plain',
      head:
        change === 'extend'
          ? `Asked for ${plural(minutes, 'minute')} more${entry.alone ? ', alone' : ''}.`
          : `Asked for write access${where} for ${plural(minutes, 'minute')}${entry.alone ? ', alone' : ''}.`,
      text: quoted(entry.reason),
    };
  if (event === 'made')
    return {
      sign: change === 'elevate' ? 'warn' : 'plain',
      head: change === 'extend' ? 'Extended' : `Write access${where}`,
      text:
        until === null ? null : (
          <>
            until <Moment at={until} as="clock" />
          </>
        ),
    };
  if (change === 'extend') return { sign: 'warn', head: 'The extension was not made.', text: null };
  return {
    sign: entry.why === 'failed' ? 'warn' : 'plain',
    head: CHANGE_ENDS[entry.why ?? 'failed'],
    text: `${entry.by === null ? '' : `By ${entry.by}. `}Privileges gone from the database ${durationWords(entry.gone_ms ?? 0)} later${
      entry.terminated === 0 ? '.' : `, ${plural(entry.terminated, 'connection')} cut.`
    }`,
  };
}
/** A deadline that is not of this day wants its date. */
const isFar = ({ at, until }: { readonly at: string; readonly until: string }): boolean =>
  Date.parse(until) - Date.parse(at) > 12 * 3_600_000;

function shown(entry: EventEntry): Shown {
  switch (entry.kind) {
    case 'request':
      return {
        sign: 'plain',
        head: entry.alone ? 'Broke the glass alone.' : 'Asked for access.',
        text: [`${quoted(entry.reason)}.`, signedIn(entry)].filter((part) => part !== null).join(' '),
      };
    case 'decision':
      return {
        sign: entry.decision === 'denied' ? 'bad' : 'plain',
        head: `${entry.change === undefined ? '' : `${CHANGES[entry.change]}: `}${DECISIONS[entry.decision]}${entry.by === null ? '' : ` by ${entry.by}`}.`,
        text: decisionText(entry),
      };
    case 'grant':
      return {
        sign: 'plain',
        head: 'Grant signed',
        text: (
          <>
            until <Moment at={entry.until} as="clock" />
            {entry.auth_age_s === undefined ? '' : ` · signed in ${ageWords(entry.auth_age_s)} before`}
          </>
        ),
      };
    case 'change':
      return changeShown(entry);
    case 'activation':
      return {
        sign: entry.verified ? 'plain' : 'warn',
        head: 'Role created',
        text: (
          <>
            <span className="mono">{entry.role}</span> · {entry.mode === 'write' ? 'read and write in' : 'read'}{' '}
            {plural(entry.tables, 'table')} · until <Moment at={entry.until} as={isFar(entry) ? 'moment' : 'clock'} />
            {entry.verified ? ' · the database confirmed exactly this' : ' · not confirmed by the database'}
          </>
        ),
      };
    case 'session':
      return entry.event === 'opened'
        ? {
            sign: 'plain',
            head: 'Connected',
            text: [
              entry.origin === null ? null : `to ${entry.origin}`,
              entry.pid === null ? null : `backend ${entry.pid}`,
            ]
              .filter((part) => part !== null)
              .join(' · '),
          }
        : {
            sign: 'plain',
            head: 'Connection closed',
            text: entry.reason === null ? null : (SESSION_ENDS[entry.reason] ?? codeWords(entry.reason)),
          };
    case 'notice':
      return {
        sign: NOTICE_SIGNS[entry.notice] ?? 'plain',
        ...noticeWords(entry),
        more: entry.norm === null ? null : <code>{entry.norm}</code>,
      };
    case 'fault':
      return { sign: 'warn', head: `${FAULTS[entry.fault] ?? codeWords(entry.fault)}.`, text: entry.detail };
    case 'end':
      return {
        sign: 'plain',
        head: endWords[entry.why],
        text: `${entry.by === null ? '' : `By ${entry.by}. `}Role gone from the database ${durationWords(entry.gone_ms)} later${
          entry.terminated === 0 ? '.' : `, ${plural(entry.terminated, 'connection')} cut.`
        }`,
      };
    case 'review':
      return {
        sign: 'ok',
        head: `Signed off by ${entry.by}.`,
        text: quoted(entry.note),
        chip: (
          <Chip
            text={entry.outcome === 'accepted' ? 'accepted' : 'follow-up'}
            tone={entry.outcome === 'accepted' ? 'ok' : 'warn'}
          />
        ),
      };
    case 'envelope':
      return {
        sign: entry.event === 'opened' ? 'warn' : 'plain',
        head: envelopeWords(entry),
        text: entry.reason === null ? null : `${quoted(entry.reason)}.`,
      };
    case 'alert':
      return {
        sign: 'bad',
        head: `Alert: ${codeWords(entry.alert)}.`,
        text: entry.detail,
        chip: <Chip text="alert" tone="danger" />,
      };
  }
}

export function EventRow({ entry }: { readonly entry: EventEntry }) {
  const { sign, head, text, more, chip } = shown(entry);
  return (
    <li className="event" data-kind={entry.kind}>
      <RowFrame at={entry.at} sign={sign} right={chip ?? <LedgerIndex index={entry.index} />}>
        <b>{head}</b>
        {text !== null && text !== undefined && text !== '' && <span className="muted"> {text}</span>}
        {more !== null && more !== undefined && <div className="event-more">{more}</div>}
      </RowFrame>
    </li>
  );
}
