/** The device key is locked: ask for the passphrase, or forget the key. */
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Gate } from './Gate.tsx';

export function UnlockKey({ bridge, problem }: { readonly bridge: Bridge; readonly problem: UserError | null }) {
  const [passphrase, setPassphrase] = useState('');
  const [refused, setRefused] = useState<UserError | null>(problem);
  const [busy, setBusy] = useState(false);
  const [forgetting, setForgetting] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => setRefused(problem), [problem]);
  useEffect(() => input.current?.focus(), []);

  const unlock = async (event: FormEvent) => {
    event.preventDefault();
    if (passphrase === '') return input.current?.focus();
    setBusy(true);
    const answer = await ask(bridge.unlockKey(passphrase));
    setBusy(false);
    if (answer.ok) return;
    setRefused(answer.error);
    input.current?.focus();
    input.current?.select();
  };
  const forget = async () => {
    setForgetting(false);
    const answer = await ask(bridge.forgetKey());
    if (!answer.ok) setRefused(answer.error);
  };

  return (
    <Gate title="Unlock this device's key">
      <p className="lead">Everything you do is signed with it. The passphrase stays on this device.</p>
      <form onSubmit={(event) => void unlock(event)} noValidate>
        <div className="field">
          <label htmlFor={id}>Passphrase</label>
          <input
            ref={input}
            id={id}
            className="input"
            type="password"
            autoComplete="current-password"
            value={passphrase}
            aria-invalid={refused !== null}
            aria-describedby={refused === null ? undefined : `${id}-problem`}
            onChange={(event) => setPassphrase(event.target.value)}
          />
          {refused !== null && (
            <div id={`${id}-problem`} className="problem" role="alert">
              {refused.message} {refused.hint}
            </div>
          )}
        </div>
        <div className="actions">
          <button type="submit" className="btn primary large" disabled={busy}>
            {busy && <span className="spinner" />}
            Unlock
          </button>
          <span className="grow" />
          <button type="button" className="btn quiet large" onClick={() => setForgetting(true)}>
            Forget this key…
          </button>
        </div>
      </form>
      {forgetting && (
        <Dialog
          title="Forget this device's key?"
          action="Forget the key"
          danger
          onYes={() => void forget()}
          onNo={() => setForgetting(false)}
        >
          This becomes a new device: you choose how to keep its key and sign in again. What the old key has signed stays
          valid. It cannot be brought back.
        </Dialog>
      )}
    </Gate>
  );
}
