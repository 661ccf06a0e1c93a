/** What is kept on this device, where, and how to be rid of the part that may go. */
import { useEffect, useState } from 'react';
import type { CallValue } from '../../shared/ipc.ts';
import { ask, type Bridge } from '../bridge.ts';
import { ClearHistory } from '../history/index.ts';
import { useToast } from '../ui/Toasts.tsx';

export function DeviceData({ bridge, unlocked }: { readonly bridge: Bridge; readonly unlocked: boolean }) {
  const say = useToast();
  const [kept, setKept] = useState<CallValue<'getKept'> | null>(null);
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    void ask(bridge.getKept()).then((answer) => {
      if (answer.ok) setKept(answer.value);
      else say(answer.error);
    });
  }, [bridge, say]);
  const show = async () => {
    const answer = await ask(bridge.showKept());
    if (!answer.ok) say(answer.error);
  };
  return (
    <>
      <div className="setting">
        <div className="setting-words">
          <b>Where it is</b>
          <p className="mono selectable">{kept?.folder ?? ' '}</p>
          <dl className="kept-files">
            {kept?.files.map(({ name, what }) => (
              <div key={name}>
                <dt className="mono">{name}</dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
          <p>Rows of results are never among it.</p>
        </div>
        <button type="button" className="btn" onClick={() => void show()}>
          Show in the file manager
        </button>
      </div>
      <div className="setting">
        <div className="setting-words">
          <b>History</b>
          <p>What was run in this window. {unlocked ? '' : 'It can be cleared once the key of this device is open.'}</p>
        </div>
        <button type="button" className="btn" disabled={!unlocked} onClick={() => setAsking(true)}>
          Clear the history…
        </button>
      </div>
      {asking && (
        <ClearHistory
          bridge={bridge}
          onClose={() => setAsking(false)}
          onCleared={() =>
            say({ code: 'history_cleared', kind: 'ok', fleeting: true, message: 'The history is empty.', hint: null })
          }
        />
      )}
    </>
  );
}
