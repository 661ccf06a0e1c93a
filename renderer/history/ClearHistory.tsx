/** Asks, clears the history of this device, and says what could not be done. */
import { ask, type Bridge } from '../bridge.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { useToast } from '../ui/Toasts.tsx';

export function ClearHistory(props: {
  readonly bridge: Bridge;
  /** Before it is cleared, and when it shall not be. */
  readonly onClose: () => void;
  readonly onCleared: () => void;
}) {
  const say = useToast();
  const clear = async () => {
    props.onClose();
    const answer = await ask(props.bridge.clearHistory());
    if (!answer.ok) say(answer.error);
    else props.onCleared();
  };
  return (
    <Dialog title="Clear the history?" action="Clear" danger onYes={() => void clear()} onNo={props.onClose}>
      Every statement in it is forgotten on this device. The records in the ledger stay.
    </Dialog>
  );
}
