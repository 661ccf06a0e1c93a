/** A grant's records as the lines that a reviewer reads, in the order of the ledger. Pure. */
import type { TimelineEntry } from '../../shared/api.ts';
import type { Notice } from '../../shared/audit/records.ts';
import type { Mode } from '../../shared/grants.ts';
import { grantClaims } from '../../shared/grants.ts';
import { writtenTables } from '../../shared/narrow.ts';
import type { SignIn } from '../../shared/step-up.ts';
import type { Line } from './records.ts';
import { outcomesOf, statementsOf, writes } from './totals.ts';

export interface TimelineFacts {
  readonly mode: Mode;
  /** When the identity provider last saw a credential, by the hash of the ID token. */
  readonly authTimes: ReadonlyMap<string, Date>;
  /** Intents whose full text is held. */
  readonly sealed: ReadonlySet<string>;
}

/** The deadline that a grant JWS names; its signature was made here and is checked by whoever verifies the bundle. */
function deadlineIn(jws: string): string {
  const payload = Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString();
  return new Date(grantClaims.parse(JSON.parse(payload)).exp * 1000).toISOString();
}

export function timelineOf(lines: readonly Line[], facts: TimelineFacts): TimelineEntry[] {
  const statements = statementEntries(lines, facts);
  const changes = new Map(
    lines.flatMap(({ record }) => (record.typ === 'change' ? [[record.id, record] as const] : [])),
  );
  return lines.flatMap((line) => entriesOf(line, { ...facts, changes }, statements));
}

/** An export shows the statement that it is of. */
function noticeEntry(
  { index, record }: { readonly index: Line['index']; readonly record: Notice },
  statements: ReadonlyMap<string, TimelineEntry>,
): TimelineEntry {
  const { kind, code, rows, bytes } = record;
  const about = record.of === null || kind !== 'export' ? undefined : statements.get(record.of);
  const norm = record.norm ?? (about?.kind === 'statement' ? about.norm : null);
  return { kind: 'notice', index, at: record.t, notice: kind, code, norm, rows, bytes };
}

type ChangeAsked = Extract<Line['record'], { typ: 'change' }>;
type ChangeStep = Extract<Line['record'], { typ: 'change' | 'change.made' | 'change.end' }>;

/** What was asked for stands in one record, what came of it in others. */
function changeEntry(
  { index, record }: { readonly index: Line['index']; readonly record: ChangeStep },
  changes: ReadonlyMap<string, ChangeAsked>,
): TimelineEntry[] {
  const asked = record.typ === 'change' ? record : changes.get(record.of);
  if (asked === undefined) return [];
  const { kind: change, alone, reason, minutes, scope } = asked;
  const entry = {
    kind: 'change',
    index,
    at: record.t,
    change,
    alone,
    reason,
    minutes,
    tables: writtenTables(scope),
  } as const;
  const nothing = { by: null, until: null, why: null, gone_ms: null, terminated: 0 };
  if (record.typ === 'change') return [{ ...entry, ...nothing, event: 'asked', by: record.by.name }];
  if (record.typ === 'change.made') return [{ ...entry, ...nothing, event: 'made', until: record.until }];
  const { why, gone_ms, terminated } = record;
  return [{ ...entry, until: null, event: 'ended', by: record.by?.name ?? null, why, gone_ms, terminated }];
}
/** How long before the record its actor had signed in, seconds; nothing where it was not kept. */
function ageOf({ t, auth }: { readonly t: string; readonly auth?: SignIn | undefined }): { auth_age_s?: number } {
  if (auth === undefined) return {};
  return { auth_age_s: Math.max(0, Math.round((Date.parse(t) - Date.parse(auth.at)) / 1000)) };
}
const signedIn = (record: { readonly t: string; readonly auth?: SignIn | undefined }) => ({
  ...ageOf(record),
  ...(record.auth?.acr === undefined ? {} : { acr: record.auth.acr }),
});

function entriesOf(
  { index, record }: Line,
  facts: TimelineFacts & { readonly changes: ReadonlyMap<string, ChangeAsked> },
  statements: ReadonlyMap<string, TimelineEntry>,
): TimelineEntry[] {
  const at = { index, at: record.t };
  switch (record.typ) {
    case 'request': {
      const seen = record.by.idt === null ? undefined : facts.authTimes.get(record.by.idt);
      const age = seen === undefined ? null : Math.max(0, Math.round((Date.parse(record.t) - seen.getTime()) / 1000));
      const { alone, reason, auth } = record;
      const acr = auth?.acr === undefined ? {} : { acr: auth.acr };
      return [{ ...at, kind: 'request', alone, by: record.by.name, reason, auth_age_s: age, ...acr }];
    }
    case 'decision': {
      const { decision, note, minutes, scope, without } = record;
      const change = record.of === undefined ? undefined : facts.changes.get(record.of)?.kind;
      const gave = {
        ...(minutes && { minutes }),
        ...(scope && { scope }),
        ...(without && { without }),
        ...(change && { change }),
      };
      return [{ ...at, kind: 'decision', decision, by: record.by?.name ?? null, note, ...gave, ...signedIn(record) }];
    }
    case 'grant':
      return [{ ...at, kind: 'grant', until: deadlineIn(record.jws), ...ageOf(record) }];
    case 'change':
    case 'change.made':
    case 'change.end':
      return changeEntry({ index, record }, facts.changes);
    case 'activation': {
      const { role, tables, until, verified } = record;
      return [{ ...at, kind: 'activation', role, tables, mode: facts.mode, until, verified }];
    }
    case 'session.open': {
      const { pid, host, port } = record.target;
      return [
        { ...at, kind: 'session', sid: record.sid, event: 'opened', reason: null, pid, origin: `${host}:${port}` },
      ];
    }
    case 'session.close': {
      const { sid, reason } = record;
      return [{ ...at, kind: 'session', sid, event: 'closed', reason, pid: null, origin: null }];
    }
    case 'intent': {
      const statement = statements.get(record.i);
      return statement === undefined ? [] : [statement];
    }
    case 'notice':
      return [noticeEntry({ index, record }, statements)];
    case 'fault':
      return [{ ...at, kind: 'fault', fault: record.kind, detail: record.detail }];
    case 'revoked': {
      const { why, gone_ms, terminated } = record;
      return [{ ...at, kind: 'end', why, by: record.by?.name ?? null, gone_ms, terminated }];
    }
    case 'review':
      return [{ ...at, kind: 'review', by: record.by.name, outcome: record.outcome, note: record.note }];
    case 'envelope.asked': {
      const { by, reason, minutes } = record;
      return [{ ...at, kind: 'envelope', event: 'asked', by: by.name, reason, minutes }];
    }
    case 'envelope.confirmed':
      return [{ ...at, kind: 'envelope', event: 'confirmed', by: record.by.name, reason: null, minutes: null }];
    case 'envelope.opened':
      return [{ ...at, kind: 'envelope', event: 'opened', by: null, reason: record.reason, minutes: null }];
    case 'envelope.ended': {
      const { why, by, reason } = record;
      return [{ ...at, kind: 'envelope', event: why, by: by?.name ?? null, reason, minutes: null }];
    }
    case 'alert':
      return [{ ...at, kind: 'alert', alert: record.kind, detail: record.detail }];
    // Shown beside the statement that it is of, or of no use to a reader.
    case 'outcome':
    case 'elevation':
    case 'heartbeat':
    case 'key.rotate':
    case 'receipt':
    case 'disclosure':
    case 'policy':
    case 'audit':
    case 'stop':
    case 'device.revoked':
      return [];
  }
}

function statementEntries(lines: readonly Line[], { sealed }: TimelineFacts): Map<string, TimelineEntry> {
  const outcomes = outcomesOf(lines);
  const verdicts = new Map(
    lines.flatMap(({ record }) => (record.typ === 'review' ? Object.entries(record.verdicts) : [])),
  );
  return new Map(
    statementsOf(lines).map(({ index, intent, parse }) => {
      const found = outcomes.get(intent.i);
      const outcome = found?.record;
      const entry: TimelineEntry = {
        kind: 'statement',
        index,
        at: intent.t,
        sid: intent.sid,
        intent: intent.i,
        statement: intent.kind,
        origin: intent.origin,
        norm: intent.norm ?? parse?.norm ?? null,
        writes: writes(intent, outcome),
        tx: intent.tx,
        outcome:
          found === undefined || outcome === undefined
            ? null
            : {
                index: found.index,
                result: outcome.result,
                sqlstate: outcome.sqlstate,
                tag: outcome.tag,
                rows: outcome.rows,
                bytes: outcome.bytes,
                ms: outcome.start === null || outcome.end === null ? null : outcome.end - outcome.start,
              },
        verdict: verdicts.get(intent.i) ?? null,
        // The text of an Execute may be held with its Parse.
        sealed: sealed.has(intent.i) || (parse !== null && sealed.has(parse.i)),
      };
      return [intent.i, entry];
    }),
  );
}
