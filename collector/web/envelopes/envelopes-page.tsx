/** Offline envelopes: which there are and what became of them; asking for one, confirming, withdrawing, answering a challenge. */
import { useState } from 'react';
import type { Envelopes, EnvelopeView } from '../../../shared/api-envelope.ts';
import { useDesk, useNow } from '../state/desk.tsx';
import { useLive } from '../state/live.ts';
import { Blank, Chip, Loading, ProblemNote, StaleBar } from '../ui/bits.tsx';
import { Icon } from '../ui/icon.tsx';
import { TopBar } from '../ui/top-bar.tsx';
import { isOpen } from '../words/envelope.ts';
import { AskDialog } from './ask-dialog.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { EnvelopeRow } from './envelope-row.tsx';
import { RespondDialog } from './respond-dialog.tsx';
import { WithdrawDialog } from './withdraw-dialog.tsx';
import './envelopes.css';

const EVERY = 5000;
type Asking =
  | { readonly what: 'ask' | 'respond' }
  | { readonly what: 'confirm' | 'withdraw'; readonly envelope: EnvelopeView };

export function EnvelopesPage() {
  const { calls, me, onSignedOut } = useDesk();
  const { roles, sub } = me.person;
  const mints = roles.includes('approver');
  const found = useLive<Envelopes>('envelopes', {
    load: (_, signal) => calls.envelopes({ signal }),
    pause: () => EVERY,
    onSignedOut,
  });
  const [asking, setAsking] = useState<Asking | null>(null);
  const now = useNow(10_000);
  const list = found.value;
  const close = (): void => setAsking(null);

  return (
    <div className="page">
      <TopBar current="envelopes" />
      <main className="envelopes-page">
        <header className="row">
          <h1>Offline envelopes</h1>
          {list !== null && <Chip text={String(list.envelopes.filter(isOpen).length)} tone="plain" />}
          <span className="grow" />
          {mints && (
            <>
              <button type="button" className="btn" onClick={() => setAsking({ what: 'respond' })}>
                Answer a challenge…
              </button>
              <button
                type="button"
                className="btn primary"
                disabled={list === null}
                onClick={() => setAsking({ what: 'ask' })}
              >
                Seal an envelope…
              </button>
            </>
          )}
        </header>
        <StaleBar problem={list === null ? null : found.problem} />
        {list === null && found.problem === null && <Loading what="Reading the envelopes" />}
        {list === null && found.problem !== null && (
          <ProblemNote problem={found.problem}>
            <button type="button" className="link" onClick={found.reload}>
              Try now
            </button>
          </ProblemNote>
        )}
        {list?.envelopes.length === 0 && (
          <Blank mark={<Icon name="lock" size={32} />} title="No envelope was ever sealed">
            <p>
              An envelope lets one device in on the day when this collector or the sign-in does not answer. Two
              approvers seal it; the policy says what may be in it.
            </p>
          </Blank>
        )}
        {list !== null && list.envelopes.length > 0 && (
          <ul className="envelopes-list" aria-label="Envelopes">
            {list.envelopes.map((envelope) => (
              <EnvelopeRow
                key={envelope.id}
                envelope={envelope}
                now={now}
                onConfirm={
                  envelope.state === 'asked' && envelope.confirm_refused === null
                    ? () => setAsking({ what: 'confirm', envelope })
                    : null
                }
                onWithdraw={
                  isOpen(envelope) && (mints || roles.includes('reviewer') || envelope.holder.sub === sub)
                    ? () => setAsking({ what: 'withdraw', envelope })
                    : null
                }
              />
            ))}
          </ul>
        )}
      </main>
      {asking?.what === 'ask' && list !== null && (
        <AskDialog offers={list.offers} onClose={close} onAsked={found.reload} />
      )}
      {asking?.what === 'respond' && <RespondDialog onClose={close} />}
      {asking?.what === 'confirm' && (
        <ConfirmDialog envelope={asking.envelope} onClose={close} onConfirmed={found.reload} />
      )}
      {asking?.what === 'withdraw' && (
        <WithdrawDialog envelope={asking.envelope} onClose={close} onWithdrawn={found.reload} />
      )}
    </div>
  );
}
