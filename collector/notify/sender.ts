/**
 * Sends what the outbox holds: a look at it each second and at every wake, a few deliveries at a time for each channel,
 * so that a receiver that hangs holds up nobody else. Any number of collectors run it at once.
 */
import type { CollectorDeps } from '../deps.ts';
import type { Way } from './channels.ts';
import { deliver } from './deliver.ts';
import { type Claimed, claim, dueChannels, release, settleFailed, settleSent } from './outbox.ts';
import { type Backoff, waitAfter } from './retry.ts';

export interface SenderOptions {
  readonly everyMs: number;
  /** For one attempt, from the first packet to the answer. */
  readonly timeoutMs: number;
  /** A claim that is older belongs to a collector that died; more than `timeoutMs`. */
  readonly leaseMs: number;
  readonly perChannel: number;
  readonly backoff: Backoff;
}
type SenderParts = Pick<CollectorDeps, 'store' | 'log' | 'metrics' | 'notify' | 'directory' | 'now'>;

export interface Sender {
  /** Waits a moment for what is under way, then leaves it to others. */
  stop(): Promise<void>;
}
const GRACE_MS = 1000;

export function startSender(parts: SenderParts, options: SenderOptions): Sender {
  const { store, log, metrics, notify, directory, now } = parts;
  const flights = new Map<string, Set<Promise<void>>>();
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let turning: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  const surroundings = {
    now,
    addressesOf: async (role: Parameters<typeof directory.withRole>[0]) =>
      (await directory.withRole(role)).flatMap(({ email }) => email ?? []),
  };

  const attempt = async (claimed: Claimed, way: Way): Promise<void> => {
    const { message: id, channel, notice, attempts } = claimed;
    const about = { channel, message: id, event: notice.event, attempts };
    const labels = { channel, kind: way.kind };
    const { signal } = stopping;
    try {
      const outcome = await deliver({ way, id, notice, signal, timeoutMs: options.timeoutMs }, surroundings);
      if (outcome.sent) {
        await settleSent(store, claimed, outcome.note);
        metrics.count('vitrine_notify_sent_total', labels);
        log.info(about, 'told');
        return;
      }
      const wait = Math.max(waitAfter(attempts, options.backoff, Math.random()), outcome.afterMs ?? 0);
      const state = await settleFailed(store, claimed, outcome.problem, wait);
      metrics.count('vitrine_notify_failed_total', labels);
      if (state === 'given_up') {
        metrics.count('vitrine_notify_given_up_total', labels);
        log.error({ ...about, problem: outcome.problem }, 'a message was given up');
      } else log.warn({ ...about, problem: outcome.problem, retry_ms: wait }, 'a message did not arrive');
    } catch (error) {
      if (signal.aborted) await release(store, claimed);
      else throw error;
    }
  };

  const launch = (claimed: Claimed, way: Way): void => {
    const mine = flights.get(claimed.channel) ?? new Set();
    flights.set(claimed.channel, mine);
    const flight = attempt(claimed, way)
      .catch((error: unknown) => {
        // The claim runs out, and it is sent again with the same id.
        log.error({ err: error, channel: claimed.channel, message: claimed.message }, 'an attempt was not noted');
      })
      .finally(() => {
        mine.delete(flight);
        turn();
      });
    mine.add(flight);
  };

  const look = async (): Promise<void> => {
    const channels = notify.channels();
    for (const id of await dueChannels(store)) {
      const way = channels.get(id)?.way ?? null;
      const free = options.perChannel - (flights.get(id)?.size ?? 0);
      if (way === null || free <= 0 || stopped) continue;
      for (const claimed of await claim(store, id, free, options.leaseMs)) launch(claimed, way);
    }
  };

  const turn = (): void => {
    if (stopped) return;
    if (turning !== null) {
      again = true;
      return;
    }
    clearTimeout(timer);
    turning = look()
      .catch((error: unknown) => log.error({ err: error }, 'the outbox could not be read'))
      .finally(() => {
        turning = null;
        if (stopped) return;
        timer = setTimeout(turn, again ? 0 : options.everyMs);
        again = false;
      });
  };

  notify.onWake(turn);
  turn();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await turning;
      const left = [...flights.values()].flatMap((some) => [...some]);
      const over = setTimeout(() => stopping.abort(), GRACE_MS);
      await Promise.all(left);
      clearTimeout(over);
    },
  };
}
