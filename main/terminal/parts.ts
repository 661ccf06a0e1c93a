/** What a run at the terminal is made of; the composition root hands it in. */
import type { UserError } from '../../shared/ipc.ts';
import type { GlassController } from '../grants/index.ts';
import type { Wanted } from './arguments.ts';
import type { Prompts } from './prompts.ts';
import type { SignInDesk } from './sign-in.ts';
import type { Stop } from './stop.ts';
import type { Voice } from './voice.ts';
import type { Watch } from './watch.ts';

export interface Parts {
  readonly wanted: Wanted;
  readonly glass: Pick<
    GlassController,
    | 'state'
    | 'start'
    | 'chooseKey'
    | 'unlockKey'
    | 'signIn'
    | 'cancelSignIn'
    | 'submit'
    | 'withdraw'
    | 'handBack'
    | 'port'
  >;
  readonly watch: Watch;
  readonly voice: Voice;
  readonly stop: Stop;
  readonly desk: SignInDesk;
  /** Null where nobody can be asked: the input or the words are not a terminal. */
  readonly prompts: Prompts | null;
  readonly input: NodeJS.ReadStream;
  readonly env: NodeJS.ProcessEnv;
  /** This run's own folder: settings, log, the file with the password of a command. */
  readonly directory: string;
  readonly origin: string;
  readonly version: string;
}

/** The state's own words for why it does not go on. */
export type Problem = UserError;
