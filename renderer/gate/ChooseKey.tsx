/** No keychain here that protects anything: the person says how this device's key is kept. */
import { type FormEvent, useId, useRef, useState } from 'react';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { Problem } from '../ui/Problem.tsx';
import { Gate } from './Gate.tsx';
import { strength } from './strength.ts';

export function ChooseKey({ bridge, problem }: { readonly bridge: Bridge; readonly problem: UserError | null }) {
  const [kind, setKind] = useState<'passphrase' | 'memory'>('passphrase');
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [wrong, setWrong] = useState<'passphrase' | 'again' | null>(null);
  const [refused, setRefused] = useState<UserError | null>(problem);
  const [busy, setBusy] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const id = useId();
  const hint = strength(passphrase);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (kind === 'passphrase') {
      const bad = [...passphrase].length < 8 ? 'passphrase' : passphrase !== again ? 'again' : null;
      setWrong(bad);
      if (bad !== null) return (bad === 'passphrase' ? first : second).current?.focus();
    }
    setBusy(true);
    const answer = await ask(bridge.chooseKey(kind === 'memory' ? { kind } : { kind, passphrase }));
    setBusy(false);
    if (!answer.ok) setRefused(answer.error);
  };

  return (
    <Gate title="How should this device keep its key?" wide>
      <p className="lead">
        Everything you do is signed with a key that only this device has. This system has no keychain that protects it,
        so you choose.
      </p>
      {refused !== null && <Problem error={refused} />}
      <form onSubmit={(event) => void submit(event)} noValidate>
        <fieldset className="keep">
          <legend className="sr-only">How to keep the key</legend>
          <label>
            <input type="radio" name="keep" checked={kind === 'passphrase'} onChange={() => setKind('passphrase')} />
            <span>
              <b className="keep-title">Lock it with a passphrase</b>
              Asked for at every start. It cannot be recovered; without it this becomes a new device.
            </span>
          </label>
          <label>
            <input type="radio" name="keep" checked={kind === 'memory'} onChange={() => setKind('memory')} />
            <span>
              <b className="keep-title">Keep it in memory only</b>
              Nothing is stored. Every start is a new device, and you sign in again.
            </span>
          </label>
        </fieldset>
        {kind === 'passphrase' && (
          <>
            <div className="field">
              <label htmlFor={`${id}-1`}>Passphrase</label>
              <input
                ref={first}
                id={`${id}-1`}
                className="input"
                type="password"
                autoComplete="new-password"
                value={passphrase}
                aria-invalid={wrong === 'passphrase'}
                aria-describedby={`${id}-hint`}
                onChange={(event) => setPassphrase(event.target.value)}
              />
              <div className="strength" data-level={hint.level} aria-hidden="true">
                <i />
                <i />
                <i />
                <i />
              </div>
              <div id={`${id}-hint`} className={wrong === 'passphrase' ? 'problem' : 'hint'}>
                {hint.words}
              </div>
            </div>
            <div className="field">
              <label htmlFor={`${id}-2`}>The same again</label>
              <input
                ref={second}
                id={`${id}-2`}
                className="input"
                type="password"
                autoComplete="new-password"
                value={again}
                aria-invalid={wrong === 'again'}
                aria-describedby={wrong === 'again' ? `${id}-again` : undefined}
                onChange={(event) => setAgain(event.target.value)}
              />
              {wrong === 'again' && (
                <div id={`${id}-again`} className="problem">
                  The two are not the same.
                </div>
              )}
            </div>
          </>
        )}
        <div className="actions">
          <button type="submit" className="btn primary large" disabled={busy}>
            {busy && <span className="spinner" />}
            {kind === 'passphrase' ? 'Lock the key' : 'Go on without storing it'}
          </button>
        </div>
      </form>
    </Gate>
  );
}
