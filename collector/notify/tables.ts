/** The room's two tables: what is to be told, and for each channel what became of it. */
import type { ColumnType, Generated } from 'kysely';
import type { ChannelKind } from '../../shared/notify.ts';
import type { Notice } from './notice.ts';

export interface NotifyMessages {
  /** `msg_` and 128 random bits: the same in every attempt and on every channel, so that receivers can tell a repetition. */
  id: string;
  /** What it is about, once: `glass_broken:<grant>`. */
  key: string;
  gid: string | null;
  notice: ColumnType<Notice, string, never>;
  /** The database's clock, like every time in this room. */
  created_at: Generated<Date>;
}
export interface NotifyDeliveries {
  message: string;
  channel: string;
  label: string;
  kind: ChannelKind;
  state: Generated<'waiting' | 'sent' | 'given_up' | 'dropped'>;
  /** Counted when an attempt begins. */
  attempts: Generated<number>;
  /** While it waits: when it is tried. While somebody tries: when anybody may take over. */
  next_at: Generated<Date>;
  /** Who is trying now. */
  claim: string | null;
  sent_at: Date | null;
  problem: string | null;
}
export interface NotifyTables {
  notify_messages: NotifyMessages;
  notify_deliveries: NotifyDeliveries;
}
