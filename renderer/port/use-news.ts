/** Says it when a tool connects for the first time, and when one was turned away. What was there before is no news. */
import { useEffect, useEffectEvent, useRef } from 'react';
import type { PortState } from '../../shared/ipc-port.ts';
import { useToast } from '../ui/Toasts.tsx';
import { briefName, turnedAwayAdvice, turnedAwaySentence } from './words.ts';

export function useNews(port: PortState | null): void {
  const say = useToast();
  const known = useRef<{ readonly names: Set<string>; n: number } | null>(null);
  const look = useEffectEvent((now: PortState) => {
    const latest = now.turned_away.recent.at(-1);
    const names = now.clients.map(briefName);
    if (known.current === null) {
      known.current = { names: new Set(names), n: latest?.n ?? 0 };
      return;
    }
    for (const client of now.clients) {
      const name = briefName(client);
      if (known.current.names.has(name)) continue;
      known.current.names.add(name);
      say({
        code: 'port-tool',
        message: `${name} is connected through the local port.`,
        hint: 'What it does is recorded under your name.',
        kind: 'ok',
        fleeting: true,
      });
    }
    if (latest !== undefined && latest.n > known.current.n) {
      known.current.n = latest.n;
      say({
        code: 'port-turned-away',
        message: turnedAwaySentence(latest),
        hint: turnedAwayAdvice(latest, now.turned_away.count),
      });
    }
  });
  useEffect(() => {
    if (port !== null) look(port);
  }, [port]);
}
