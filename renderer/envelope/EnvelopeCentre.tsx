/**
 * Offline envelopes in the window: what this device holds, and opening one on the day when nothing else answers. Mounted
 * once; the command “Offline envelopes” opens it, and so do the screens that wait for the collector.
 */
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { HeldEnvelope } from '../../shared/ipc-envelope.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { useCommands } from '../commands/index.ts';
import { EnvelopeList } from './EnvelopeList.tsx';
import { OpenEnvelope } from './OpenEnvelope.tsx';
import './envelope.css';

interface Loaded {
  readonly envelopes: readonly HeldEnvelope[] | null;
  readonly problem: UserError | null;
}

export function EnvelopeCentre(props: {
  readonly bridge: Bridge;
  /** Of the window: an envelope can be opened while the glass is closed. */
  readonly canOpen: boolean;
  readonly children: ReactNode;
}) {
  const { bridge, canOpen } = props;
  const [shown, setShown] = useState(false);
  const [loaded, setLoaded] = useState<Loaded>({ envelopes: null, problem: null });
  const [opening, setOpening] = useState<HeldEnvelope | null>(null);
  useCommands(() => [{ id: 'glass.envelopes', title: 'Offline envelopes', group: 'Glass', run: () => setShown(true) }]);
  const load = useCallback(async () => {
    const answer = await ask(bridge.listEnvelopes());
    setLoaded(answer.ok ? { envelopes: answer.value, problem: null } : { envelopes: null, problem: answer.error });
  }, [bridge]);
  useEffect(() => {
    if (shown) void load();
  }, [shown, load]);
  // Whatever opened the glass, these have nothing more to say.
  useEffect(() => {
    if (canOpen) return;
    setOpening(null);
    setShown(false);
  }, [canOpen]);

  return (
    <>
      {props.children}
      {/* Not before they are there: the dialog begins at the first thing that can be done. */}
      {shown && opening === null && (loaded.envelopes !== null || loaded.problem !== null) && (
        <EnvelopeList {...loaded} canOpen={canOpen} onOpen={setOpening} onClose={() => setShown(false)} />
      )}
      {shown && opening !== null && (
        <OpenEnvelope
          bridge={bridge}
          envelope={opening}
          onBack={() => {
            setOpening(null);
            void load();
          }}
        />
      )}
    </>
  );
}
