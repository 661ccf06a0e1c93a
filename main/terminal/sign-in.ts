/**
 * Signing in without a window of ours. The address of the browser's page and the code for another device are always
 * shown, so that a browser that does not open stops nobody; and an answer that reached a browser on another machine can
 * be pasted here, which works with every identity provider and binds the login to this device all the same. (I4)
 */
import { Fault } from '../../shared/errors.ts';
import type { UserError } from '../../shared/ipc.ts';
import type { DeviceCode } from '../identity/index.ts';
import type { Wanted } from './arguments.ts';
import { End } from './end.ts';
import { exit, exitOf } from './exit.ts';
import type { Parts } from './parts.ts';
import type { Prompts } from './prompts.ts';
import type { Voice } from './voice.ts';
import { plain, plural } from './words.ts';

export interface SignInDesk {
  /** For the OIDC login: how the person is reached. */
  readonly openBrowser: (url: string, handIn: (address: string) => boolean) => Promise<void>;
  readonly deviceCode: {
    wanted(): 'no' | 'where offered' | 'yes';
    show(code: DeviceCode): void;
  };
  /** After a code that could not be bound to this device: the browser from now on. */
  turnToBrowser(): void;
  /** The sign-in is over; nobody waits for a pasted address any more. */
  done(): void;
}

export interface DeskOptions {
  readonly login: Wanted['login'];
  /** Whether a browser is to be opened here; with `--browser` it is tried in any case. */
  readonly display: boolean;
  readonly openExternal: (url: string) => Promise<void>;
  readonly voice: Voice;
  readonly prompts: Prompts | null;
}

/** On Linux a display has a name; elsewhere somebody who came by SSH sits in front of another one. */
export function hasDisplay(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): boolean {
  const set = (name: string): boolean => (env[name] ?? '') !== '';
  return platform === 'linux' ? set('DISPLAY') || set('WAYLAND_DISPLAY') : !set('SSH_CONNECTION');
}

export function openDesk(options: DeskOptions): SignInDesk {
  const { login, openExternal, voice, prompts } = options;
  const display = options.display || login === 'browser';
  let byCode = login === 'device-code' || (login === 'automatic' && !display);
  let pasting: AbortController | null = null;

  async function takePasted(question: string, handIn: (address: string) => boolean): Promise<void> {
    if (prompts === null) return;
    pasting = new AbortController();
    const { signal } = pasting;
    try {
      while (!signal.aborted) {
        const typed = (await prompts.line(question, signal)).trim();
        if (typed === '' || handIn(typed)) continue;
        voice.say('That is not the address that the sign-in ended on: it begins with http://127.0.0.1:');
      }
    } catch {
      // The sign-in has ended, or everything has; whoever waits for those hears of it.
    }
  }

  return {
    async openBrowser(url, handIn) {
      voice.event({ event: 'sign_in', method: 'browser', url });
      voice.say(
        `${display ? 'Opening your browser to sign in. If none opens, go to' : 'Sign in with a browser, here or on any other machine:'}\n\n  ${plain(url)}\n`,
      );
      // The address is on the terminal: a browser that cannot be started is no reason to give up.
      const failure = display
        ? await openExternal(url).then(
            () => null,
            (error: unknown) => error,
          )
        : 'there is no display';
      if (failure === null) return;
      if (failure instanceof Error) voice.say(`No browser could be opened here: ${plain(failure.message)}`);
      if (prompts === null) return;
      voice.say(
        'A browser on another machine cannot reach the last page; copy its whole address from the address bar.',
      );
      void takePasted('Paste it here: ', handIn);
    },
    deviceCode: {
      wanted: () => (!byCode ? 'no' : login === 'device-code' ? 'yes' : 'where offered'),
      show(code) {
        voice.event({
          event: 'sign_in',
          method: 'device_code',
          user_code: code.userCode,
          verification_uri: code.verificationUri,
          verification_uri_complete: code.verificationUriComplete,
          expires_in: code.expiresIn,
        });
        const minutes = plural(Math.max(1, Math.round(code.expiresIn / 60)), 'minute');
        voice.say(
          `To sign in, open this page on any device\n\n  ${plain(code.verificationUri)}\n\nand type  ${voice.paint('bold', plain(code.userCode))}  (good for ${minutes}). Waiting…`,
        );
      },
    },
    turnToBrowser() {
      byCode = false;
    },
    done() {
      pasting?.abort();
      pasting = null;
    },
  };
}

/** Resolves when the person is signed in; throws an `End` where they are not. */
export async function signIn({ glass, watch, stop, voice, desk, wanted }: Parts): Promise<void> {
  for (;;) {
    glass.signIn();
    const answer = watch.until<UserError | 'in' | 'cancelled'>(glass.state(), (state) => {
      if (state.phase === 'locked') return 'in';
      return state.phase === 'signed-out' ? (state.problem ?? 'cancelled') : null;
    });
    const outcome = await stop.race(answer).finally(() => desk.done());
    if (outcome === 'in') break;
    const problem =
      outcome === 'cancelled'
        ? { code: 'login_cancelled', message: 'The sign-in was cancelled.', hint: 'Start again.' }
        : outcome;
    const another = problem.code === 'login_unbound' && wanted.login === 'automatic';
    if (!another) throw new End(problem, exitOf(problem.code, exit.noLogin));
    voice.tell({ ...problem, hint: 'It is tried once more, with the browser.' });
    desk.turnToBrowser();
  }
  const state = glass.state();
  if (state.phase !== 'locked') throw new Fault('not_now', 'The sign-in has ended in the meantime.');
  voice.event({ event: 'signed_in', person: state.person });
  voice.say(`Signed in as ${plain(state.person.name)}.`);
}
