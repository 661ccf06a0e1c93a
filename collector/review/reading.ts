/** Reads a grant for its reviewers: the queue row with its numbers, and the whole timeline. */
import type { QueueItem, ReviewGrant } from '../../shared/api.ts';
import type { CollectorDeps } from '../deps.ts';
import type { Grant } from '../grants/machine.ts';
import { viewOf } from '../grants/view.ts';
import { isDeviceRecord, type Line, linesOf } from './records.ts';
import { timelineOf } from './timeline.ts';
import { type Totals, totalsOf } from './totals.ts';

type ReadingDeps = Pick<CollectorDeps, 'store' | 'ledger' | 'seals' | 'directory' | 'config' | 'now'>;

export interface Reading {
  queue(grants: readonly Grant[]): Promise<QueueItem[]>;
  grant(grant: Grant): Promise<ReviewGrant>;
}

/** Numbers of grants whose entries have not changed are kept; this many. */
const MOST_KEPT = 2000;

export function openReading({ store, ledger, seals, directory, config, now }: ReadingDeps): Reading {
  const kept = new Map<string, { readonly newest: number; readonly totals: Totals }>();

  const totals = async (gid: string, newest: number | undefined): Promise<Totals> => {
    const known = kept.get(gid);
    if (known !== undefined && known.newest === newest) return known.totals;
    const fresh = totalsOf(linesOf(await ledger.entriesOfGrant(gid)));
    if (kept.size >= MOST_KEPT) kept.clear();
    if (newest !== undefined) kept.set(gid, { newest, totals: fresh });
    return fresh;
  };

  const newestEntries = async (gids: readonly string[]): Promise<Map<string, number>> => {
    if (gids.length === 0) return new Map();
    const rows = await store
      .selectFrom('ledger_entries')
      .select((e) => ['gid', e.fn.max('index').as('newest')])
      .where('gid', 'in', [...gids])
      .groupBy('gid')
      .execute();
    return new Map(rows.flatMap(({ gid, newest }) => (gid === null ? [] : [[gid, Number(newest)] as const])));
  };

  const facts = async () => ({
    approvers: await directory.withRole('approver'),
    publicUrl: config.publicUrl,
    now: now().getTime(),
  });
  const item = (grant: Grant, numbers: Totals, seen: Awaited<ReturnType<typeof facts>>): QueueItem => ({
    request: viewOf(grant, seen),
    statements: numbers.statements,
    rows_read: numbers.rowsRead,
    rows_changed: numbers.rowsChanged,
    gone_ms: grant.end?.goneMs ?? null,
    alerts: numbers.alerts,
  });

  const authTimes = async (lines: readonly Line[]): Promise<Map<string, Date>> => {
    const hashes = lines.flatMap(({ record }) =>
      record.typ === 'request' && record.by.idt !== null ? [record.by.idt] : [],
    );
    if (hashes.length === 0) return new Map();
    const rows = await store.selectFrom('id_tokens').select(['idt', 'auth_time']).where('idt', 'in', hashes).execute();
    return new Map(rows.flatMap(({ idt, auth_time }) => (auth_time === null ? [] : [[idt, auth_time] as const])));
  };

  const usedSeconds = (grant: Grant): number => {
    if (grant.activatedAt === null || !grant.told) return 0;
    const until = grant.end?.at ?? Math.min(now().getTime(), grant.expiresAt ?? Number.POSITIVE_INFINITY);
    return Math.max(0, Math.round((until - grant.activatedAt) / 1000));
  };

  return {
    async queue(grants) {
      const [newest, seen] = await Promise.all([newestEntries(grants.map(({ id }) => id)), facts()]);
      const items: QueueItem[] = [];
      for (const grant of grants) items.push(item(grant, await totals(grant.id, newest.get(grant.id)), seen));
      return items;
    },
    async grant(grant) {
      // The size first: what comes in while we read is beyond it, so a sign-off on this size will be refused.
      const { size } = await ledger.head();
      const lines = linesOf(await ledger.entriesOfGrant(grant.id));
      const intents = lines.flatMap(({ record }) =>
        isDeviceRecord(record) && record.typ === 'intent' ? [record.i] : [],
      );
      const numbers = totalsOf(lines);
      return {
        item: item(grant, numbers, await facts()),
        used_s: usedSeconds(grant),
        denied: numbers.denied,
        timeline: timelineOf(lines, {
          mode: grant.scope.mode,
          authTimes: await authTimes(lines),
          sealed: await seals.held(intents),
        }),
        tree_size: size,
      };
    },
  };
}
