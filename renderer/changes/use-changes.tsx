/** Changes of the live grant from the window: more time, write access for a while, giving it back. */
import { type ReactNode, useState } from 'react';
import type { ChangeAsk, ChangeOptions } from '../../shared/api-change.ts';
import type { LiveGrant } from '../../shared/ipc.ts';
import { ask, type Bridge } from '../bridge.ts';
import { useToast } from '../ui/Toasts.tsx';
import { ElevateDialog } from './ElevateDialog.tsx';
import { ExtendDialog } from './ExtendDialog.tsx';
import { NoWriteDialog } from './NoWriteDialog.tsx';

export interface ChangesUse {
  extend(): void;
  elevate(): void;
  giveBack(): void;
  withdraw(id: string): void;
  /** A change is being asked for or undone. */
  readonly busy: boolean;
  readonly dialog: ReactNode;
}

interface Asking {
  readonly kind: 'extend' | 'elevate';
  readonly options: ChangeOptions;
}

/** `onOther`: the way to write access that ends this grant first, where it cannot be had in place. */
export function useChanges(bridge: Bridge, grant: LiveGrant, onOther: () => void): ChangesUse {
  const say = useToast();
  const [asking, setAsking] = useState<Asking | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const open = async (kind: Asking['kind']) => {
    setProblem(null);
    const answer = await ask(bridge.changeOptions());
    if (answer.ok) setAsking({ kind, options: answer.value });
    else say(answer.error);
  };
  const during = async (work: () => Promise<void>) => {
    setBusy(true);
    await work();
    setBusy(false);
  };
  const send = (wanted: ChangeAsk) =>
    during(async () => {
      const answer = await ask(bridge.askChange(wanted));
      if (answer.ok) setAsking(null);
      else setProblem([answer.error.message, answer.error.hint].filter(Boolean).join(' '));
    });
  const tell = (work: () => ReturnType<Bridge['giveWriteBack']>) =>
    void during(async () => {
      const answer = await ask(work());
      if (!answer.ok) say(answer.error);
    });
  const close = () => setAsking(null);
  const common = { grant, busy, problem, onSend: (wanted: ChangeAsk) => void send(wanted), onNo: close };
  return {
    extend: () => void open('extend'),
    elevate: () => void open('elevate'),
    giveBack: () => tell(() => bridge.giveWriteBack()),
    withdraw: (id) => tell(() => bridge.withdrawChange(id)),
    busy,
    dialog:
      asking === null ? null : asking.kind === 'extend' ? (
        <ExtendDialog option={asking.options.extend} {...common} />
      ) : asking.options.elevate.length === 0 ? (
        <NoWriteDialog
          why={asking.options.elevate_refused ?? ''}
          onNo={close}
          onOther={() => {
            close();
            onOther();
          }}
        />
      ) : (
        <ElevateDialog options={asking.options.elevate} {...common} />
      ),
  };
}
