/**
 * `vitrine port`: the same main process without a window, for people who live in a terminal. It drives the glass of
 * `main/grants` with the command line and the keyboard instead of the page: opens the device key, signs in, breaks the
 * glass or waits for approval, opens the local port, counts down, hands back. It holds no right of its own: gate, log,
 * deadline and relay are those of the window (I1, I2, I3), and nothing here knows Electron.
 *
 *   arguments   the command line           questions  what is missing, from what the collector offers
 *   key         the device key             sign-in    browser, code, pasted answer
 *   request     sending, waiting           hold       the open glass, its port, the command
 *   follow      what is said meanwhile     report     the end, in words
 *   voice       the two outputs            prompts    questions at the keyboard
 *   stop        Ctrl+C once, twice         events     what `--json` writes
 *   step-up     signing in once more
 *
 * Called by the composition root, which hands in everything; answers with an exit code (`exit.ts`).
 */
import { Fault } from '../../shared/errors.ts';
import type { AppState, UserError } from '../../shared/ipc.ts';
import { userErrorOf } from '../grants/index.ts';
import { End } from './end.ts';
import { type ExitCode, exit, exitOf } from './exit.ts';
import { holdOpen } from './hold.ts';
import { openKey } from './key.ts';
import type { Parts } from './parts.ts';
import { report } from './report.ts';
import { breakGlass, completeRequest } from './request.ts';
import { signIn } from './sign-in.ts';
import { Stopped } from './stop.ts';
import { plain, utc } from './words.ts';

export { terminalArguments, type Wanted } from './arguments.ts';
export { removeAbandoned } from './command.ts';
export { openPrompts } from './prompts.ts';
export { hasDisplay, openDesk } from './sign-in.ts';
export { alreadyRunning, read } from './start.ts';
export { stepUpAt } from './step-up.ts';
export { listenForSignals, Stop } from './stop.ts';
export { Voice } from './voice.ts';
export { Watch } from './watch.ts';

/**
 * Runs from the device key to the summary, closes the log, and answers with the exit code once everything is said. Asked
 * to stop twice it answers at once: what is on disk is sent at the next start, and the role ends at its deadline. (I3, I5)
 */
export async function runToTheEnd(
  parts: Parts,
  controller: { quit(): Promise<void> },
  log: (message: string, error: unknown) => void,
): Promise<number> {
  const again = new Promise<number>((resolve) => {
    parts.stop.again.addEventListener('abort', () => resolve(atOnce(parts)), { once: true });
  });
  const inOrder = async (): Promise<number> => {
    const code = await run(parts, (error) => log('defect', error));
    // A role that is being made right now is opened first, so that it can be handed back.
    await parts.watch.until(parts.glass.state(), (state) => (state.phase === 'activating' ? null : true));
    await controller.quit();
    return code;
  };
  const code = await Promise.race([inOrder(), again]);
  await parts.voice.flushed();
  return code;
}

async function run(parts: Parts, onDefect: (error: unknown) => void): Promise<number> {
  const { voice } = parts;
  voice.event({ event: 'starting', collector: parts.origin, version: parts.version });
  voice.say(voice.paint('dim', `Vitrine ${parts.version} · ${plain(parts.origin)}`));
  try {
    await becomeReady(parts);
    await signIn(parts);
    await breakGlass(parts, await completeRequest(parts));
    const held = await holdOpen(parts);
    const code = await report(parts);
    return held.command ?? code;
  } catch (error) {
    return endedBy(parts, error, onDefect);
  }
}

/** What somebody sees who does not want to wait for the end. */
function atOnce({ voice, glass }: Parts): ExitCode {
  const state = glass.state();
  voice.status(null);
  const open = state.phase === 'live' || state.phase === 'closing';
  const until = open ? ` The database role is gone at ${utc(state.grant.expires_at)} at the latest.` : '';
  voice.say(`Ended at once.${until} Records that were not sent are safe on this disk and are sent at the next start.`);
  return exit.stopped;
}

function endedBy({ voice, glass }: Parts, error: unknown, onDefect: (error: unknown) => void): ExitCode {
  voice.status(null);
  const [problem, code] = explained(error, glass.state());
  if (code === exit.defect) onDefect(error);
  voice.event({ event: 'error', ...problem, exit: code });
  voice.tell(problem);
  return code;
}

function explained(error: unknown, state: AppState): [UserError, ExitCode] {
  if (error instanceof End) return [error.problem, error.exit];
  if (error instanceof Stopped) return stoppedBy(state);
  return [userErrorOf(error), error instanceof Fault ? exitOf(error.code, exit.noGrant) : exit.defect];
}

/** Why it had not gone on yet is what the person has to know. */
function stoppedBy(state: AppState): [UserError, ExitCode] {
  if (state.phase === 'starting' && state.problem !== null)
    return [state.problem, exitOf(state.problem.code, exit.stopped)];
  return [{ code: 'stopped', message: 'Stopped. Nothing is open.', hint: null }, exit.stopped];
}

/** Without a person to stop it, a collector that does not answer is given up after this, ms. */
const PATIENCE = 60_000;

/** The device key is open, the log too, and collector and identity provider answer; tried again until they do. */
async function becomeReady(parts: Parts): Promise<void> {
  const { glass, watch, stop, voice, prompts } = parts;
  let told: string | null = null;
  let since: number | null = null;
  const problems = watch.each((state) => {
    if (state.phase !== 'starting' || state.problem === null) return;
    since ??= performance.now();
    if (state.problem.message === told) return;
    told = state.problem.message;
    voice.event({ event: 'problem', ...state.problem });
    voice.say(`${plain(told)} It is tried again every two seconds; Ctrl+C stops.`);
  });
  const failed = Promise.withResolvers<never>();
  // Somebody may stop first.
  failed.promise.catch(() => undefined);
  const trouble = (work: Promise<void>): void => void work.catch(failed.reject);
  trouble(glass.start());
  try {
    for (;;) {
      const next = watch.until<'key' | 'ready' | End>(glass.state(), (state) => {
        if (state.phase === 'key') return 'key';
        if (state.phase !== 'starting') return 'ready';
        const patient = prompts !== null || since === null || performance.now() - since < PATIENCE;
        return patient || state.problem === null
          ? null
          : new End(state.problem, exitOf(state.problem.code, exit.machine));
      });
      const found = await stop.race(Promise.race([next, failed.promise]));
      if (found === 'ready') return;
      if (found !== 'key') throw found;
      const state = glass.state();
      if (state.phase !== 'key') continue;
      const asked = state.key;
      // The key opens at once; what comes after it (log, collector) is waited for above.
      const opened = openKey(parts, asked);
      trouble(opened);
      await stop.race(Promise.race([opened, failed.promise, watch.until(glass.state(), leftKey)]));
    }
  } finally {
    problems();
  }
}

const leftKey = (state: AppState): true | null => (state.phase === 'key' ? null : true);
