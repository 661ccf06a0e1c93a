/** Re-renders on every second of the countdown and when it ends; everything else about time is in countdown.ts. */
import { useEffect, useState } from 'react';
import { type Anchor, leftNow, untilTick } from './countdown.ts';

export function useCountdown(anchor: Anchor): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tick = () => {
      const at = performance.now();
      setNow(at);
      const left = leftNow(anchor, at);
      if (left > 0) timer = setTimeout(tick, untilTick(left));
    };
    tick();
    // Timers sleep in a hidden window; the first look must show the right second.
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [anchor]);
  return leftNow(anchor, now);
}
