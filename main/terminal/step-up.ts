/** Signing in once more at the terminal: said, then begun at once. Ctrl+C gives it up, and the run ends in order. */
import type { StepUpState } from '../../shared/ipc-step-up.ts';
import type { GlassController } from '../grants/index.ts';
import type { SignInDesk } from './sign-in.ts';
import type { Stop } from './stop.ts';
import type { Voice } from './voice.ts';
import { plain } from './words.ts';

export interface StepUpDesk {
  readonly voice: Voice;
  readonly stop: Stop;
  readonly desk: Pick<SignInDesk, 'done'>;
  readonly glass: () => Pick<GlassController, 'stepUp'> | null;
}

/** Told every change of what is wanted; null: nothing any more. */
export function stepUpAt({ voice, stop, desk, glass }: StepUpDesk): (state: StepUpState | null) => void {
  let told: string | null = null;
  let tries = 0;
  const giveUp = (): void => glass()?.stepUp.cancel();
  return (state) => {
    if (state === null) {
      stop.asked.removeEventListener('abort', giveUp);
      desk.done();
      told = null;
      tries = 0;
      return;
    }
    if (told !== state.message) {
      told = state.message;
      stop.asked.addEventListener('abort', giveUp, { once: true });
      voice.status(null);
      voice.event({ event: 'step_up', message: state.message });
      voice.say(`Sign in once more: ${plain(state.message)}`);
    }
    if (state.stage !== 'asked') return;
    // After what asked for it has set itself up to hear the answer.
    const { problem } = state;
    if (problem !== null) voice.tell(problem);
    tries += 1;
    const again = !stop.asked.aborted && (problem === null || tries <= MOST_TRIES);
    queueMicrotask(() => (again ? glass()?.stepUp.start() : giveUp()));
  };
}
/** An identity provider that refuses at once is not asked for ever. */
const MOST_TRIES = 3;
