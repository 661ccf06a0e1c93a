/**
 * The glass is open: the local port, what is said while time runs, the command that was asked for, and the end. Returns
 * when the grant has ended and its summary is there. (I3)
 */
import { Fault } from '../../shared/errors.ts';
import type { AppState, Summary } from '../../shared/ipc.ts';
import { connectionUri, type PortFacts, psqlCommand } from '../proxy/port/index.ts';
import { type RunningCommand, runCommand } from './command.ts';
import { End } from './end.ts';
import type { Connection } from './events.ts';
import { exit } from './exit.ts';
import { type Follower, follow } from './follow.ts';
import type { Parts } from './parts.ts';
import { plain, utc } from './words.ts';

type Live = Extract<AppState, { phase: 'live' }>;
type Closed = Extract<AppState, { phase: 'closed' }>;

export interface Held {
  readonly summary: Summary;
  /** Exit code of the command; null where none was asked for. */
  readonly command: number | null;
}

/** Called in the phase `live`, or after it where that was short. Throws an `End` where the port cannot be opened. */
export async function holdOpen(parts: Parts): Promise<Held> {
  const { glass, watch, stop } = parts;
  const closed = watch.until<Closed>(glass.state(), (state) => (state.phase === 'closed' ? state : null));
  const state = glass.state();
  if (state.phase !== 'live') return { summary: (await closed).summary, command: null };
  if (stop.asked.aborted) return { summary: await handBack(parts, closed), command: null };
  let facts: PortFacts;
  try {
    facts = await glass.port().open();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { code, message, hint } = error;
    await handBack(parts, closed);
    throw new End({ code, message, hint }, code === 'port_not_opened' ? exit.machine : exit.noGrant);
  }
  const connection: Connection = { ...facts, uri: connectionUri(facts) };
  welcome(parts, state, connection);
  const running = start(parts, connection);
  const follower = follow(parts);
  const askedToStop = (): void => void handBack(parts, closed);
  stop.asked.addEventListener('abort', askedToStop, { once: true });
  if (stop.asked.aborted) askedToStop();
  try {
    const command = running === null ? null : await ended(parts, running, closed, follower);
    const { summary } = await closed;
    return { summary, command };
  } finally {
    follower.end();
    stop.asked.removeEventListener('abort', askedToStop);
  }
}

/** Where tools connect. The password is shown where the person asked for it, and nowhere that is kept. */
function welcome({ voice, wanted }: Parts, { grant, messages }: Live, connection: Connection): void {
  const { host, port, user, password, database } = connection;
  voice.event({
    event: 'live',
    grant: grant.id,
    target: grant.target,
    scope: grant.scope.id,
    mode: grant.mode,
    severity: grant.severity,
    ticket: grant.ticket,
    expires_at: grant.expires_at,
    left_ms: grant.left_ms,
    connection: { host, port, user, password, database, uri: connection.uri },
  });
  // What was said before they could begin: that an approver gave less than was asked for.
  for (const { kind, text } of messages) if (kind === 'warn') voice.say(plain(text));
  voice.say(
    `The glass is open until ${utc(grant.expires_at)}. Every statement is signed and recorded before it is sent.`,
  );
  if (wanted.command !== null) return;
  if (voice.terminal && !wanted.json) {
    voice.say(`\n  ${voice.paint('bold', connection.uri)}\n\n  ${plain(psqlCommand(connection))}\n`);
    voice.say(
      voice.paint(
        'dim',
        'The password is shown on this terminal only. It works on this port only, and ends with the grant. Ctrl+C hands back.',
      ),
    );
    return;
  }
  voice.say(`\n  ${plain(psqlCommand(connection))}\n`);
  if (!wanted.json)
    voice.say('The password is shown on a terminal only. --json gives it to scripts; -- COMMAND needs none.');
}

function start(parts: Parts, connection: Connection): RunningCommand | null {
  const { wanted, stop, voice, env, directory, input } = parts;
  if (wanted.command === null) return null;
  const running = runCommand({
    command: wanted.command,
    connection,
    env,
    directory,
    input: wanted.key === 'stdin' ? 'ignore' : 'inherit',
  });
  voice.quiet(true);
  // On a terminal Ctrl+C has reached the command already; elsewhere only this process was told.
  const shared = voice.terminal || input.isTTY === true;
  stop.leaveTo({
    interrupt: () => {
      if (!shared) running.kill('SIGINT');
    },
    terminate: () => running.kill('SIGTERM'),
  });
  return running;
}

/** Waits for the command, whatever becomes of the grant; then hands back what is still open. */
async function ended(
  parts: Parts,
  running: RunningCommand,
  closed: Promise<Closed>,
  follower: Follower,
): Promise<number> {
  const { voice, stop } = parts;
  const [program] = parts.wanted.command ?? [''];
  const first = await Promise.race([running.ended, closed.then(() => null)]);
  if (first === null && !stop.asked.aborted) {
    voice.say(`The grant has ended; ${plain(program)} has no connection any more, and is waited for.`);
  }
  const { code, words } = await running.ended;
  stop.leaveTo(null);
  voice.quiet(false);
  if (words !== null) voice.say(plain(words));
  follower.pause();
  await handBack(parts, closed);
  return code;
}

async function handBack({ glass, voice }: Parts, closed: Promise<Closed>): Promise<Summary> {
  if (glass.state().phase === 'live') {
    voice.status(null);
    voice.say('Handing back…');
    glass.handBack();
  }
  return (await closed).summary;
}
