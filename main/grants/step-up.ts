/**
 * Signing in once more where the collector asks for it (RFC 9470): the refused call waits, the person signs in, and the
 * call is made again, once. Nothing is lost by giving up: what was to be done is not done, and says so. (I6)
 */
import { Fault } from '../../shared/errors.ts';
import type { StepUpState } from '../../shared/ipc-step-up.ts';
import type { Asked } from '../../shared/step-up.ts';
import { Refusal } from '../collector/index.ts';
import { userErrorOf } from './view.ts';

export interface StepUpParts {
  /** A new sign-in of the same person, traded at the collector. Rejects with a Fault, with `login_cancelled` once aborted. */
  readonly signIn: (asked: Asked, signal: AbortSignal) => Promise<void>;
  /** Null: nobody has to sign in once more. */
  readonly onChange: (state: StepUpState | null) => void;
  readonly onDefect: (error: unknown) => void;
}

/** What a collector says may be of any length; the window takes so much of it. */
const MOST_WORDS = 2000;

const GIVEN_UP: Readonly<Record<StepUpState['purpose'], readonly [message: string, hint: string]>> = {
  request: [
    'You did not sign in once more, so nothing was sent.',
    'What you filled in is kept. Send it again when you are ready.',
  ],
  open: ['You did not sign in once more, so the glass stays closed and the request was withdrawn.', 'Ask again.'],
  change: ['You did not sign in once more, so nothing was changed.', 'What you filled in is kept. Send it again.'],
  approve: ['You did not sign in once more, so nothing was approved.', 'What you chose is kept. Approve it again.'],
};

export class StepUp {
  readonly #parts: StepUpParts;
  #state: StepUpState | null = null;
  /** The person's word, while it is waited for. */
  #answer: PromiseWithResolvers<boolean> | null = null;
  #browser: AbortController | null = null;

  constructor(parts: StepUpParts) {
    this.#parts = parts;
  }

  state(): StepUpState | null {
    return this.#state;
  }

  /** Only where the person is asked first. */
  start(): void {
    this.#answer?.resolve(true);
  }

  cancel(): void {
    this.#answer?.resolve(false);
    this.#browser?.abort();
  }

  /**
   * What `call` answers. The browser opens at once where the person has just pressed a button for it; before the glass
   * opens, which they may have waited for elsewhere, they are asked. Throws a Fault `step_up_cancelled` when it is given up,
   * and whatever kept the sign-in from happening.
   */
  async run<T>(purpose: StepUpState['purpose'], call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const asked = askedBy(error);
      // One at a time: whoever comes second hears the collector's own words.
      if (asked === null || this.#state !== null) throw error;
      await this.#signIn(purpose, asked);
    }
    return call();
  }

  async #signIn(purpose: StepUpState['purpose'], asked: Asked & { readonly message: string }): Promise<void> {
    let problem: StepUpState['problem'] = null;
    const show = (stage: StepUpState['stage']): void =>
      this.#show({
        stage,
        purpose,
        message: asked.message.slice(0, MOST_WORDS),
        problem: stage === 'asked' ? problem : null,
      });
    try {
      for (;;) {
        if (purpose === 'open') {
          this.#answer = Promise.withResolvers<boolean>();
          show('asked');
          const go = await this.#answer.promise;
          this.#answer = null;
          if (!go) throw givenUp(purpose);
        }
        this.#browser = new AbortController();
        const { signal } = this.#browser;
        show('browser');
        try {
          await this.#parts.signIn(asked, signal);
          return;
        } catch (error) {
          if (!(error instanceof Fault)) this.#parts.onDefect(error);
          if (purpose !== 'open') throw signal.aborted ? givenUp(purpose) : error;
          // An approval was given for this: a browser that was closed by mistake does not throw it away.
          problem = signal.aborted ? null : userErrorOf(error);
        }
      }
    } finally {
      this.#answer = null;
      this.#browser = null;
      this.#show(null);
    }
  }

  #show(state: StepUpState | null): void {
    this.#state = state;
    this.#parts.onChange(state);
  }
}

const givenUp = (purpose: StepUpState['purpose']): Fault => new Fault('step_up_cancelled', ...GIVEN_UP[purpose]);

function askedBy(error: unknown): (Asked & { readonly message: string }) | null {
  if (!(error instanceof Refusal) || error.code !== 'step_up_required' || error.maxAge === null) return null;
  const acr = error.acr === null ? {} : { acr: error.acr };
  return { max_age: error.maxAge, ...acr, message: error.message };
}
