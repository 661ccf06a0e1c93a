/** Stop: how far it reaches, and then as {@link StopForm} asks. */
import { useState } from 'react';
import type { LiveGrant } from '../../../shared/api-stop.ts';
import { useDesk } from '../state/desk.tsx';
import { Foreign } from '../ui/bits.tsx';
import { outcomeTitle, type StopChoice, sizeWords } from '../words/stop.ts';
import { StopForm } from './stop-form.tsx';
import { useStopping } from './use-stopping.ts';

interface Props {
  /** From the narrowest to the widest; the first is chosen. Renewed while the dialog is open. */
  readonly choices: readonly [StopChoice, ...StopChoice[]];
  /** The newest list, to tell how far a stop is; null where nobody looks at one. */
  readonly now: readonly LiveGrant[] | null;
  readonly onClose: () => void;
  /** It was carried out: what is shown elsewhere is old. */
  readonly onStopped: () => void;
}

function Choices({
  choices,
  chosen,
  onChoose,
}: {
  readonly choices: readonly StopChoice[];
  readonly chosen: StopChoice;
  readonly onChoose: (what: StopChoice['reach']['what']) => void;
}) {
  return (
    <div className="reach" role="radiogroup" aria-label="What to stop">
      {choices.map(({ reach, label, kind, live, pending }) => (
        <label key={reach.what}>
          <input
            type="radio"
            name="reach"
            value={reach.what}
            checked={reach.what === chosen.reach.what}
            onChange={() => onChoose(reach.what)}
          />
          <b className="clip">
            <Foreign of={label} />
          </b>
          <span className="clip reach-kind">
            <Foreign of={kind} />
          </span>
          <span className="num reach-size">{sizeWords(live, pending)}</span>
        </label>
      ))}
    </div>
  );
}

export function StopDialog({ choices, now, onClose, onStopped }: Props) {
  const { calls } = useDesk();
  const [what, setWhat] = useState(choices[0].reach.what);
  // What it was about when it was sent: by then the list has moved on.
  const [sent, setSent] = useState<StopChoice | null>(null);
  const chosen = sent ?? choices.find(({ reach }) => reach.what === what) ?? choices[0];
  const stopping = useStopping('stop', async (reason) => {
    setSent(chosen);
    try {
      const answer = await calls.stop({ ...chosen.reach, reason });
      onStopped();
      return answer;
    } catch (error) {
      setSent(null);
      throw error;
    }
  });

  const left = now?.filter(({ state }) => state === 'active' || state === 'ending').map(({ id }) => id) ?? null;
  const there = chosen.lines.filter(({ key }) => left?.includes(key)).length;
  return (
    <StopForm
      title={chosen.title}
      stopping={stopping}
      outcome={outcomeTitle}
      lines={chosen.lines}
      live={chosen.live}
      gone={left === null ? null : Math.max(0, chosen.live - there)}
      action={chosen.live + chosen.pending === 0 ? 'Stop' : `Stop ${sizeWords(chosen.live, chosen.pending)}`}
      acting="Stopping…"
      hint="Stands in the record, for reviewers. Those who are stopped see your name, not the reason. Ctrl+Enter stops."
      onClose={onClose}
    >
      {choices.length > 1 && <Choices choices={sent === null ? choices : [sent]} chosen={chosen} onChoose={setWhat} />}
    </StopForm>
  );
}
