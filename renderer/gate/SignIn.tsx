/** Signed out, and waiting for the browser. */
import { useState } from 'react';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { EnvelopeLink } from '../envelope/index.ts';
import { Problem } from '../ui/Problem.tsx';
import { Gate } from './Gate.tsx';

export function SignedOut(props: {
  readonly bridge: Bridge;
  readonly collector: string;
  readonly problem: UserError | null;
}) {
  const [refused, setRefused] = useState<UserError | null>(null);
  const problem = refused ?? props.problem;
  const signIn = async () => {
    setRefused(null);
    const answer = await ask(props.bridge.signIn());
    if (!answer.ok) setRefused(answer.error);
  };
  return (
    <Gate title="Sign in">
      <p className="lead">
        Vitrine opens your browser and comes back by itself. What you do later is recorded at
        <br />
        <span className="address">{props.collector}</span>
      </p>
      {problem !== null && <Problem error={problem} />}
      <div className="actions">
        {/* biome-ignore lint/a11y/noAutofocus: the only thing to do on this page */}
        <button type="button" className="btn primary large" autoFocus onClick={() => void signIn()}>
          {problem === null ? 'Sign in with the browser' : 'Try again'}
        </button>
      </div>
      {problem !== null && <EnvelopeLink bridge={props.bridge} />}
    </Gate>
  );
}

export function SigningIn({ bridge, collector }: { readonly bridge: Bridge; readonly collector: string }) {
  return (
    <Gate title="Finish in the browser">
      <p className="lead">
        A page for <span className="address">{collector}</span> is open in your browser. This window goes on as soon as
        you are signed in there.
      </p>
      <p className="wait" role="status">
        <span className="spinner" />
        Waiting for the browser…
      </p>
      <div className="actions">
        <button type="button" className="btn large" onClick={() => void ask(bridge.cancelSignIn())}>
          Cancel
        </button>
      </div>
    </Gate>
  );
}
