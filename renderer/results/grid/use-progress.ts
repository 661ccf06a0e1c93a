import { useEffect, useState } from 'react';
import type { GridWork } from '../../../shared/ipc.ts';
import { ask, type Bridge } from '../../bridge.ts';

/** Work that is done sooner is not spoken of, ms. */
const QUIET_MS = 300;
const EVERY_MS = 200;

/** How far main is with such work, per cent; null while it is not done, or has only just begun. */
export function useProgress(bridge: Bridge, result: string, work: GridWork, busy: boolean): number | null {
  const [share, setShare] = useState<number | null>(null);
  useEffect(() => {
    setShare(null);
    if (!busy) return;
    const look = async () => {
      const answer = await ask(bridge.gridProgress({ result, work }));
      if (answer.ok && !over) setShare(answer.value ?? 0);
    };
    let over = false;
    let every: ReturnType<typeof setInterval> | undefined;
    const begin = setTimeout(() => {
      void look();
      every = setInterval(() => void look(), EVERY_MS);
    }, QUIET_MS);
    return () => {
      over = true;
      clearTimeout(begin);
      clearInterval(every);
    };
  }, [bridge, result, work, busy]);
  return share;
}
