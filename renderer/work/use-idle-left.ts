/** Until the app rolls back the idle transaction, counted on from what main said; null while it is not idle. */
import { useMemo } from 'react';
import type { OpenTransaction } from '../../shared/ipc.ts';
import { useCountdown } from '../glass/use-countdown.ts';

export function useIdleLeft(open: OpenTransaction | null, at: number): number | null {
  const left = open?.rollback_in_ms ?? null;
  const anchor = useMemo(() => ({ leftMs: left ?? 0, at }), [left, at]);
  const counted = useCountdown(anchor);
  return left === null ? null : counted;
}
