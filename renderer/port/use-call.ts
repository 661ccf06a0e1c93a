/** One call to main at a time; what goes wrong is shown. */
import { useState } from 'react';
import { ask, type Bridge } from '../bridge.ts';
import { useToast } from '../ui/Toasts.tsx';

export function useCall(): {
  readonly busy: boolean;
  readonly act: (call: () => ReturnType<Bridge['openPort']>) => Promise<void>;
} {
  const [busy, setBusy] = useState(false);
  const say = useToast();
  return {
    busy,
    async act(call) {
      if (busy) return;
      setBusy(true);
      const answer = await ask(call());
      setBusy(false);
      if (!answer.ok) say(answer.error);
    },
  };
}
