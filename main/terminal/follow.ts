/** What is said while a grant is live: the countdown, tools that come and go, refusals, why nothing can be sent. */
import type { AppState, UserError } from '../../shared/ipc.ts';
import { MARKS, markPassed, urgencyOf } from '../../shared/urgency.ts';
import type { PortClient } from '../proxy/port/index.ts';
import type { Parts } from './parts.ts';
import { clock, plain, plural } from './words.ts';

type Live = Extract<AppState, { phase: 'live' }>;

/** How long a tool's process is waited for before the tool is announced without it, ms. */
const PATIENCE = 900;

export interface Follower {
  /** Says nothing more of the countdown. */
  pause(): void;
  end(): void;
}

export function follow({ glass, watch, voice, wanted }: Parts): Follower {
  let before: number | null = null;
  let announced: readonly PortClient[] = [];
  let seen: ReadonlyMap<string, number> = new Map();
  let blocked: UserError | null = null;
  let turnedAway = 0;
  let refusals = 0;
  let paused = false;
  let why: Extract<AppState, { phase: 'closing' }>['why'] | null = null;

  const look = (state: AppState): void => {
    if (state.phase === 'closing') {
      voice.status(null);
      if (why !== state.why) {
        why = state.why;
        voice.event({ event: 'ending', why });
        if (why !== 'handed_back') voice.say(ENDINGS[why]);
      }
    }
    if (state.phase !== 'live') return;
    const port = glass.port().state();
    // Which process it is becomes known a moment later, where it does at all.
    const now = performance.now();
    seen = new Map(port.clients.map(({ id }) => [id, seen.get(id) ?? now]));
    const known = port.clients.filter(({ id, pid }) => pid !== null || now - (seen.get(id) ?? now) > PATIENCE);
    const { came, left } = changesOf(announced, known);
    for (const one of came) clientChanged('connected', one);
    for (const one of left) clientChanged('disconnected', one);
    announced = known;
    const latest = port.turnedAway.recent.at(-1);
    if (latest !== undefined && latest.n > turnedAway) {
      const who = latest.program === null ? '' : ` (${plain(latest.program)}, pid ${latest.pid})`;
      voice.say(`Turned away at the port: ${plain(latest.message)}${who}`);
      turnedAway = latest.n;
    }
    for (const { n, application, code, message } of port.refusals.filter((one) => one.n > refusals)) {
      refusals = n;
      voice.event({ event: 'refused', application_name: application, sqlstate: code, message });
      // A command says on this terminal what it was told.
      if (wanted.command === null) voice.say(voice.paint('warning', `Not sent: ${plain(message)} (${code})`));
    }
    if (state.blocked?.code !== blocked?.code) {
      blocked = state.blocked;
      voice.event({ event: 'blocked', problem: blocked });
      if (blocked === null) voice.say('Statements can be sent again.');
      else voice.tell(blocked);
    }
    // A grant of less than five minutes begins without that word.
    const mark =
      before === null && state.grant.left_ms > MARKS.closing ? null : markPassed(before, state.grant.left_ms);
    before = state.grant.left_ms;
    if (mark !== null) {
      voice.event({ event: 'warning', left_ms: before });
      voice.say(voice.paint(mark, MARK_WORDS[mark]));
    }
    if (!paused) voice.status(statusOf(state, port.clients), urgencyOf(before));
  };
  const clientChanged = (change: 'connected' | 'disconnected', client: PortClient): void => {
    const { id, application, pid } = client;
    voice.event({ event: 'client', change, id, application_name: application, pid });
    // Beside a command that one is the command itself, whose terminal this is.
    if (wanted.command === null) voice.say(`${plain(nameOf(client))} ${change}`);
  };

  const end = watch.each(look);
  look(glass.state());
  return {
    pause() {
      paused = true;
    },
    end,
  };
}

const MARK_WORDS = {
  warning: 'Five minutes left.',
  closing: 'One minute left. A statement that still runs will be cancelled; an open transaction is rolled back.',
} as const;
const ENDINGS = {
  expired: 'The time is over. The glass is closing.',
  revoked: 'The grant was revoked. The glass is closing.',
  failed: 'The grant ended because of a fault. The glass is closing.',
} as const;

const nameOf = ({ application, program, pid }: PortClient): string => {
  const name = application !== '' ? application : (program ?? 'A tool');
  return pid === null ? name : `${name} (process ${pid})`;
};

/** `23:41 left · 2 tools · 28 of 28 records in the ledger · Ctrl+C hands back` */
export function statusOf({ grant, ledger }: Live, clients: readonly PortClient[]): string {
  const tools = clients.length === 0 ? 'no tool connected' : plural(clients.length, 'tool');
  const records = `${ledger.in_ledger} of ${plural(ledger.recorded, 'record')} in the ledger`;
  return `${clock(grant.left_ms)} left · ${tools} · ${records} · Ctrl+C hands back`;
}

/** Who came and who left between two looks. */
export function changesOf<T extends { readonly id: string }>(
  before: readonly T[],
  after: readonly T[],
): { readonly came: readonly T[]; readonly left: readonly T[] } {
  const has = (all: readonly T[], one: T): boolean => all.some(({ id }) => id === one.id);
  return { came: after.filter((one) => !has(before, one)), left: before.filter((one) => !has(after, one)) };
}
