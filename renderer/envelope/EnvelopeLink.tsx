/** On the screens that wait for the collector: the way to an envelope, where this device holds one that can be opened. */
import { useEffect, useState } from 'react';
import { ask, type Bridge } from '../bridge.ts';
import { useRegistry } from '../commands/index.ts';

const LOOK_AGAIN_MS = 5000;

export function EnvelopeLink({ bridge }: { readonly bridge: Bridge }) {
  const registry = useRegistry();
  const [held, setHeld] = useState(false);
  useEffect(() => {
    let gone = false;
    const look = async () => {
      const answer = await ask(bridge.listEnvelopes());
      if (!gone && answer.ok) setHeld(answer.value.some(({ state }) => state === 'sealed'));
    };
    void look();
    const timer = setInterval(() => void look(), LOOK_AGAIN_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [bridge]);
  if (!held) return null;
  return (
    <div className="envelope-link">
      <p className="muted">Can it not wait? This device holds an offline envelope.</p>
      <button type="button" className="btn large" onClick={() => registry.perform('glass.envelopes')}>
        Open an envelope…
      </button>
    </div>
  );
}
