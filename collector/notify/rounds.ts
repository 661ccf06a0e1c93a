/**
 * What no step of a request brings about: reviews that become overdue, a policy file that was not taken, channels that
 * cannot be used, and the figures for the metrics. A round every few seconds, by every collector; each news has a key,
 * so it is told once.
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { type Again, again } from '../again.ts';
import type { CollectorDeps } from '../deps.ts';
import { channelsFor } from '../policy/index.ts';
import { noticeOf } from './notice.ts';
import { countWaiting, dropAnswered, giveUp, put } from './outbox.ts';

type RoundParts = Pick<CollectorDeps, 'store' | 'policy' | 'notify' | 'log' | 'metrics' | 'config' | 'now'>;

export interface Rounds extends Again {
  /** Deliveries that wait, at the last round. */
  waiting(): number;
}

/** A channel for overdue reviews that is named today does not hear of those of last year. */
const OVERDUE_WITHIN_MS = 7 * 24 * 60 * 60 * 1000;
const MOST_A_ROUND = 100;

/** Reviews past their deadline that nobody was told of. Answers whether there were any. */
export async function tellOverdue({ store, policy, config, now }: RoundParts): Promise<boolean> {
  const at = now();
  const rules = policy.current();
  const heard = [...rules.severities.keys()].filter((id) => channelsFor(rules, 'review_overdue', id).length > 0);
  if (heard.length === 0) return false;
  const due = await store
    .selectFrom('grants')
    .select('id')
    .where(sql<string>`doc ->> 'severity'`, 'in', heard)
    .where('reviewed_at', 'is', null)
    .where('due_at', '<=', at)
    .where('due_at', '>', new Date(at.getTime() - OVERDUE_WITHIN_MS))
    .where('phase', 'not in', ['activating', 'active'])
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('notify_messages')
            .select('notify_messages.id')
            .where('key', '=', sql<string>`'review_overdue:' || grants.id`),
        ),
      ),
    )
    .orderBy('due_at')
    .limit(MOST_A_ROUND)
    .execute();
  let news = false;
  for (const { id } of due)
    await store.transaction().execute(async (tx) => {
      // Held until the message is in: nobody signs it off in between.
      const row = await tx
        .selectFrom('grants')
        .select('doc')
        .where('id', '=', id)
        .where('reviewed_at', 'is', null)
        .forShare()
        .executeTakeFirst();
      if (row === undefined) return;
      const notice = noticeOf('review_overdue', row.doc, config.publicUrl, at.getTime());
      if (await put(tx, policy.current(), { key: `review_overdue:${id}`, gid: id, notice })) news = true;
    });
  return news;
}

/** The newest policy file is invalid: told once a day and mistake. */
async function tellPolicy({ store, policy, config, now }: RoundParts): Promise<boolean> {
  const fault = policy.problem();
  if (fault === null) return false;
  const at = now().toISOString();
  const mistake = createHash('sha256').update(fault.message).digest('base64url');
  const notice = {
    event: 'policy_invalid',
    at,
    url: `${config.publicUrl}/`,
    request: null,
    by: null,
    detail: fault.message,
  } as const;
  const message = { key: `policy_invalid:${mistake}:${at.slice(0, 10)}`, gid: null, notice };
  return store.transaction().execute((tx) => put(tx, policy.current(), message));
}

export function startRounds(parts: RoundParts, everyMs: number): Rounds {
  const { store, notify, log, metrics } = parts;
  let waiting = 0;
  /** Said in the log already. */
  let said = new Map<string, string>();

  const lookAfterChannels = async (): Promise<void> => {
    const problems = new Map<string, string>();
    for (const { id, problem } of notify.channels().values()) {
      if (problem === null) continue;
      problems.set(id, problem);
      if (said.get(id) !== problem) log.error({ channel: id }, `a channel cannot be used: ${problem}`);
    }
    said = problems;
    const rows = await store
      .selectFrom('notify_deliveries')
      .select(['channel', 'kind'])
      .distinct()
      .where('state', '=', 'waiting')
      .execute();
    for (const { channel, kind } of rows) {
      const open = notify.channels().get(channel);
      if (open?.way) continue;
      const count = await giveUp(store, channel, open?.problem ?? GONE);
      if (count === 0) continue;
      metrics.count('vitrine_notify_given_up_total', { channel, kind }, count);
      log.error({ channel, count }, 'messages were given up');
    }
  };

  const round = async (): Promise<void> => {
    await lookAfterChannels();
    await dropAnswered(store);
    const told = [await tellOverdue(parts), await tellPolicy(parts)];
    if (told.includes(true)) notify.wake();
    waiting = await countWaiting(store);
  };
  const rounds = again(round, everyMs, (error) => log.error({ err: error }, 'a round of the outbox failed'));
  return { waiting: () => waiting, stop: () => rounds.stop() };
}

/** Of a channel that messages wait for. */
export const GONE = 'the channel is no longer in the policy';
