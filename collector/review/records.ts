/** A grant's ledger entries as typed records. They were verified when they came in; here they are only read. */
import { openEnvelope } from '../../shared/audit/envelope.ts';
import {
  type AnyRecord,
  collectorRecord,
  type DeviceRecord,
  deviceRecord,
  envelopeOpened,
} from '../../shared/audit/records.ts';
import type { LedgerEntry } from '../ledger/index.ts';

export type GrantRecord = AnyRecord;
export interface Line {
  readonly index: number;
  readonly record: GrantRecord;
}

export const isDeviceRecord = (record: GrantRecord): record is DeviceRecord => 'dev' in record && 'sid' in record;

/** Throws on an entry that is no record of this version: that cannot have passed the ledger's door. */
export function recordOf(line: string): GrantRecord {
  const { record } = openEnvelope(line);
  const device = deviceRecord.safeParse(record);
  if (device.success) return device.data;
  const opening = envelopeOpened.safeParse(record);
  return opening.success ? opening.data : collectorRecord.parse(record);
}

export const linesOf = (entries: readonly Pick<LedgerEntry, 'index' | 'line'>[]): Line[] =>
  entries.map(({ index, line }) => ({ index, record: recordOf(line) }));
