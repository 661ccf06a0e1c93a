/** Which build this is, what to paste into a report, and whose work ships in it. */
import { useEffect, useState } from 'react';
import type { CallValue } from '../../shared/ipc.ts';
import type { Licence } from '../../shared/ipc-help.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { Icon } from '../ui/icons.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import { plural } from '../words/format.ts';

export function About({ bridge, onClose }: { readonly bridge: Bridge; readonly onClose: () => void }) {
  const [info, setInfo] = useState<CallValue<'getInfo'> | null>(null);
  const [text, setText] = useState('');
  const [licences, setLicences] = useState<readonly Licence[]>([]);
  const [problem, setProblem] = useState<UserError | null>(null);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    const take =
      <V,>(set: (value: V) => void) =>
      (answer: { ok: true; value: V } | { ok: false; error: UserError }) =>
        answer.ok ? set(answer.value) : setProblem(answer.error);
    void ask(bridge.getInfo()).then(take(setInfo));
    void ask(bridge.getDiagnostics()).then(take(setText));
    void ask(bridge.getLicences()).then(take(setLicences));
  }, [bridge]);
  const copy = async () => {
    const answer = await ask(bridge.copyText(text));
    if (answer.ok) setCopied(true);
    else setProblem(answer.error);
  };
  return (
    <Modal title="About Vitrine" className="about" onNo={onClose}>
      {(detail) => (
        <>
          <p id={detail} className="muted">
            {info === null ? ' ' : `Version ${info.version}, build ${info.build}. Apache License 2.0.`}
          </p>
          {problem !== null && <Problem error={problem} />}
          <h3>Diagnostics</h3>
          <p className="muted">
            For a report. No SQL, no rows, no reason, no name and no password is in it; read it before you send it.
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by keyboard */}
          <section className="diagnostics" tabIndex={0} aria-label="Diagnostics">
            <pre className="selectable">{text}</pre>
          </section>
          <h3>What ships in it</h3>
          <p className="muted">
            Besides Electron and Chromium, which bring their own list: {plural(licences.length, 'package')}.
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by keyboard */}
          <section className="licences" tabIndex={0} aria-label="Licences">
            {licences.map((one) => (
              <details key={`${one.name} ${one.version}`}>
                <summary>
                  <span>{one.name}</span> <span className="faint num">{one.version}</span>
                  <span className="grow" />
                  <span className="muted">{one.licence}</span>
                </summary>
                <pre className="selectable">
                  {one.text === '' ? 'The package brings no text of its licence.' : one.text}
                </pre>
              </details>
            ))}
          </section>
          <div className="actions">
            <span className="good row" role="status">
              {copied && (
                <>
                  <Icon name="tick" size={13} /> Copied
                </>
              )}
            </span>
            <button type="button" className="btn large" onClick={() => void copy()}>
              Copy diagnostics
            </button>
            <button type="button" className="btn large primary" onClick={onClose}>
              Close
            </button>
          </div>
        </>
      )}
    </Modal>
  );
}
