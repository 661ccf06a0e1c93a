/** What became of the messages about one request, as the pages show it. */
import type { Delivery, Told } from '../../shared/notify.ts';
import type { Store } from '../store/index.ts';
import type { OpenChannel } from './channels.ts';
import { GONE } from './rounds.ts';

export async function toldOf(store: Store, gid: string, channels: ReadonlyMap<string, OpenChannel>): Promise<Told> {
  const rows = await store
    .selectFrom('notify_messages as m')
    .innerJoin('notify_deliveries as d', 'd.message', 'm.id')
    .select(['m.id', 'm.notice', 'm.created_at', 'd.channel', 'd.label', 'd.kind', 'd.state', 'd.attempts'])
    .select(['d.next_at', 'd.claim', 'd.sent_at', 'd.problem'])
    .where('m.gid', '=', gid)
    .orderBy('m.created_at')
    .orderBy('d.label')
    .execute();
  const notices = new Map<string, Told['notices'][number]>();
  for (const row of rows) {
    const { event, at } = row.notice;
    if (event === 'channel_test') continue;
    const notice = notices.get(row.id) ?? { event, at, deliveries: [] };
    notices.set(row.id, notice);
    const open = channels.get(row.channel);
    const waits = row.state === 'waiting';
    const stuck = waits && !open?.way ? (open?.problem ?? GONE) : null;
    const delivery: Delivery = {
      channel: row.channel,
      label: open?.label ?? row.label,
      kind: row.kind,
      state: row.state === 'waiting' && row.claim !== null ? 'sending' : row.state,
      attempts: row.attempts,
      sent_at: row.sent_at?.toISOString() ?? null,
      after_ms: row.sent_at === null ? null : Math.max(0, row.sent_at.getTime() - row.created_at.getTime()),
      next_at: waits && stuck === null ? row.next_at.toISOString() : null,
      problem: stuck ?? row.problem,
    };
    notice.deliveries.push(delivery);
  }
  return { notices: [...notices.values()] };
}
