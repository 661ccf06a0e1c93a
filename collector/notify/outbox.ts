/**
 * The outbox: a message is written in the transaction of the step that it tells of, so nothing is told that did not
 * happen and nothing that happened goes untold. From there each delivery is claimed by one collector at a time; a claim
 * that its holder does not settle, because it died, falls to the next. At least once, therefore, with one id.
 */
import { randomBytes } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import type { Grant } from '../grants/machine.ts';
import { channelsFor, type Policy } from '../policy/index.ts';
import type { Database, Store } from '../store/index.ts';
import type { OpenChannel } from './channels.ts';
import { type Notice, newsIn, noticeOf } from './notice.ts';

/** A message that could not be delivered for this long is given up. */
export const GIVE_UP_AFTER_MS = 24 * 60 * 60 * 1000;

/** What the other rooms need: see {@link CollectorDeps}. */
export interface Notify {
  /**
   * Puts the news of a step, if there is any, into the outbox, inside the transaction of the step; `before` is null for
   * a new request.
   */
  tell(tx: Transaction<Database>, before: Grant | null, after: Grant): Promise<void>;
  /** After the commit: sends without waiting for the next round. */
  wake(): void;
  onWake(listener: () => void): void;
  /** The policy's channels, with what keeps each from being used. */
  channels(): ReadonlyMap<string, OpenChannel>;
}
export interface NotifyParts {
  readonly publicUrl: string;
  policy(): Policy;
  channels(): ReadonlyMap<string, OpenChannel>;
  now(): Date;
}

export function openNotify({ publicUrl, policy, channels, now }: NotifyParts): Notify {
  const listeners: (() => void)[] = [];
  return {
    channels,
    async tell(tx, before, after) {
      const news = newsIn(before, after);
      if (news === null) return;
      const { event, change } = news;
      const notice = noticeOf(event, after, publicUrl, now().getTime(), change);
      const about = change === undefined ? after.id : `${after.id}:${change.id}`;
      await put(tx, policy(), { key: `${event}:${about}`, gid: after.id, notice });
    },
    wake() {
      for (const listener of listeners) listener();
    },
    onWake: (listener) => void listeners.push(listener),
  };
}

export interface Message {
  /** The same news has the same key, and is put in once. */
  readonly key: string;
  readonly gid: string | null;
  readonly notice: Notice;
}

/** Answers whether it was new and somebody hears of it. */
export async function put(tx: Transaction<Database>, policy: Policy, { key, gid, notice }: Message): Promise<boolean> {
  const { event, request } = notice;
  const ids = channelsFor(policy, event === 'channel_test' ? null : event, request?.severity ?? null);
  const channels = ids.flatMap((id) => policy.notify.channels.get(id) ?? []);
  if (channels.length === 0) return false;
  const message = `msg_${randomBytes(16).toString('base64url')}`;
  const made = await tx
    .insertInto('notify_messages')
    .values({ id: message, key, gid, notice: JSON.stringify(notice) })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .executeTakeFirst();
  if (made.numInsertedOrUpdatedRows !== 1n) return false;
  await tx
    .insertInto('notify_deliveries')
    .values(channels.map(({ id, label, kind }) => ({ message, channel: id, label, kind })))
    .execute();
  return true;
}

export interface Claimed {
  readonly message: string;
  readonly channel: string;
  readonly claim: string;
  /** Counts this attempt. */
  readonly attempts: number;
  readonly notice: Notice;
}

const inMs = (ms: number) => sql<Date>`clock_timestamp() + ${ms} * interval '1 ms'`;

/** Channels that have something to send now. */
export async function dueChannels(store: Store): Promise<string[]> {
  const rows = await store
    .selectFrom('notify_deliveries')
    .select('channel')
    .distinct()
    .where('state', '=', 'waiting')
    .where('next_at', '<=', sql<Date>`clock_timestamp()`)
    .execute();
  return rows.map((row) => row.channel);
}

/** Takes at most `most` deliveries of a channel for `leaseMs`; nobody else gets them meanwhile. */
export async function claim(store: Store, channel: string, most: number, leaseMs: number): Promise<Claimed[]> {
  const token = randomBytes(16).toString('base64url');
  const { rows } = await sql<Claimed>`
    with due as materialized (
      select message from notify_deliveries
      where channel = ${channel} and state = 'waiting' and next_at <= clock_timestamp()
      order by next_at limit ${most} for update skip locked
    )
    update notify_deliveries d
    set claim = ${token}, attempts = attempts + 1, next_at = ${inMs(leaseMs)}
    from due join notify_messages m on m.id = due.message
    where d.message = due.message and d.channel = ${channel}
    returning d.message, d.channel, d.claim, d.attempts, m.notice`.execute(store);
  return rows;
}

const mine = (store: Store, { message, channel, claim }: Claimed) =>
  store
    .updateTable('notify_deliveries')
    .where('message', '=', message)
    .where('channel', '=', channel)
    .where('claim', '=', claim);

/** The receiver said yes. */
export async function settleSent(store: Store, claimed: Claimed, note: string | null): Promise<void> {
  await mine(store, claimed)
    .set({ state: 'sent', sent_at: sql<Date>`clock_timestamp()`, claim: null, problem: note })
    .execute();
}

/** It did not arrive; tried again in `waitMs`, or given up when that is more than a day after the event. */
export async function settleFailed(
  store: Store,
  claimed: Claimed,
  problem: string,
  waitMs: number,
): Promise<'waiting' | 'given_up' | null> {
  const row = await mine(store, claimed)
    .set({
      state: sql<'waiting' | 'given_up'>`case when ${inMs(waitMs - GIVE_UP_AFTER_MS)} >=
        (select created_at from notify_messages where id = ${claimed.message}) then 'given_up' else 'waiting' end`,
      next_at: inMs(waitMs),
      claim: null,
      problem,
    })
    .returning('state')
    .executeTakeFirst();
  return row?.state === 'given_up' || row?.state === 'waiting' ? row.state : null;
}

/** This collector stops: somebody else may try at once. */
export async function release(store: Store, claimed: Claimed): Promise<void> {
  await mine(store, claimed).set({ next_at: sql<Date>`clock_timestamp()`, claim: null }).execute();
}

/** After a day, what waits for a channel that cannot be used. Answers with how many. */
export async function giveUp(store: Store, channel: string, problem: string): Promise<number> {
  const done = await store
    .updateTable('notify_deliveries')
    .set({ state: 'given_up', problem })
    .where('channel', '=', channel)
    .where('state', '=', 'waiting')
    .where('next_at', '<=', inMs(-GIVE_UP_AFTER_MS))
    .executeTakeFirst();
  return Number(done.numUpdatedRows);
}

/** What still asks for an answer that nobody waits for any more: it would call people up for nothing. */
export async function dropAnswered(store: Store): Promise<void> {
  await sql`
    update notify_deliveries d set state = 'dropped'
    from notify_messages m join grants g on g.id = m.gid
    where d.message = m.id and d.state = 'waiting' and d.claim is null
      and (m.key = 'request_waiting:' || g.id and g.phase <> 'requested'
        or m.key like 'change\\_waiting:%' and not exists (
             select from jsonb_array_elements(g.doc -> 'changes') change
              where m.key = 'change_waiting:' || g.id || ':' || (change ->> 'id') and change ->> 'phase' = 'asked'))`.execute(
    store,
  );
}

export async function countWaiting(store: Store): Promise<number> {
  const row = await store
    .selectFrom('notify_deliveries')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
