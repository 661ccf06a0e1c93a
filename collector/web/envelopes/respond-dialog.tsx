/** The approver's side of an opening, in the browser alone: nothing of it is sent anywhere, so it works while the collector is away. */
import { useEffect, useId, useState } from 'react';
import { utf8 } from '../../../shared/encoding.ts';
import { type Answer, type Hkdf, readWords, respond } from '../../../shared/envelope.ts';
import { Dialog } from '../ui/dialog.tsx';

const hkdf: Hkdf = async (secret, info, length) => {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(secret), 'HKDF', false, ['deriveBits']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(utf8('')), info: new Uint8Array(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, length * 8));
};

function problemOf(answer: Answer): string | null {
  if (answer.kind === 'code') return null;
  if (answer.kind === 'other_key') return 'This challenge is of another envelope. Look for its own opening key.';
  return readWords(answer.read, answer.what === 'key' ? 'opening key' : 'challenge');
}

export function RespondDialog({ onClose }: { readonly onClose: () => void }) {
  const ids = useId();
  const [key, setKey] = useState('');
  const [challenge, setChallenge] = useState('');
  const [answer, setAnswer] = useState<Answer | null>(null);
  // The dialog itself would begin at its button.
  useEffect(() => document.getElementById(`${ids}-key`)?.focus(), [ids]);
  const compute = async (): Promise<void> => setAnswer(await respond(key, challenge, hkdf));
  const problem = answer === null ? null : problemOf(answer);
  const field = (name: string, label: string, value: string, set: (value: string) => void) => (
    <div className="field">
      <label htmlFor={`${ids}-${name}`}>{label}</label>
      <input
        id={`${ids}-${name}`}
        className="input mono"
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          set(event.target.value.toUpperCase());
          setAnswer(null);
        }}
      />
    </div>
  );
  return (
    <Dialog
      title="Answer a challenge"
      wide
      onClose={onClose}
      onSubmit={() => void compute()}
      actions={
        <>
          <span className="grow" />
          <button type="button" className="btn quiet" onClick={onClose}>
            Close
          </button>
          <button type="submit" className="btn primary">
            Compute the code
          </button>
        </>
      }
    >
      <p className="muted">
        Make sure that it is the engineer who calls. Nothing that you type here leaves this page, and it works while the
        collector is away.
      </p>
      {field('key', 'Opening key', key, setKey)}
      {field('challenge', 'Challenge', challenge, setChallenge)}
      <div role="status">
        {problem !== null && <p className="problem">{problem}</p>}
        {answer?.kind === 'code' && (
          <output className="opening-key selectable" aria-label="Code">
            {answer.code.replaceAll('-', ' ')}
          </output>
        )}
      </div>
    </Dialog>
  );
}
