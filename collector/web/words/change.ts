/** Changes of a live grant in words. Pure. */
import type { RequestView } from '../../../shared/api.ts';
import type { ChangeState, ChangeView } from '../../../shared/api-change.ts';
import { writtenTables } from '../../../shared/narrow.ts';
import { listed, plural } from './number.ts';

/** Names of the tables that it writes to: `shop.orders and shop.payments`. */
export const changeTables = ({ scope }: Pick<ChangeView, 'scope'>): string => listed(writtenTables(scope));

/** `15 minutes more`, `write access to shop.orders for 5 minutes`. */
export const changeWords = (change: Pick<ChangeView, 'kind' | 'minutes' | 'scope'>): string =>
  change.kind === 'extend'
    ? `${plural(change.minutes, 'minute')} more`
    : `write access to ${changeTables(change)} for ${plural(change.minutes, 'minute')}`;

/** The same at the beginning of a line. */
export function changeTitle(change: Parameters<typeof changeWords>[0]): string {
  const words = changeWords(change);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

type Tone = 'plain' | 'warn' | 'ok' | 'danger' | 'write';
const STANDS: Readonly<Record<ChangeState, { readonly text: string; readonly tone: Tone }>> = {
  asked: { text: 'waits for an answer', tone: 'warn' },
  approved: { text: 'approved, being made', tone: 'warn' },
  in_force: { text: 'writing now', tone: 'write' },
  made: { text: 'extended', tone: 'ok' },
  over: { text: 'over', tone: 'plain' },
  denied: { text: 'denied', tone: 'danger' },
  withdrawn: { text: 'withdrawn', tone: 'plain' },
  lapsed: { text: 'lapsed', tone: 'plain' },
  failed: { text: 'not made', tone: 'danger' },
};
export const changeStand = ({ state }: Pick<ChangeView, 'state'>) => STANDS[state];

/** The change that waits for an answer; undefined where none does. */
export const waitingChange = ({ changes = [] }: Pick<RequestView, 'changes'>): ChangeView | undefined =>
  changes.find(({ state }) => state === 'asked');
