/**
 * Hands the local port to other programs: on the clipboard, or to psql in a terminal. The password passes through here on
 * its way out of the app and nowhere else; what was handed over is taken back when the port is closed, as far as that can
 * be done. The page asks for it and never gets it. (I7)
 *
 *   clipboard  secrets on the clipboard, for a while
 *   psql       a terminal with psql; programs, terminals, script: where they are and what they are told
 *
 * Called by the handlers of the window; the composition root tells it what becomes of the port.
 */
import { Fault } from '../../shared/errors.ts';
import type { PortCopied, PortCopy } from '../../shared/ipc-port.ts';
import {
  connectionUri,
  type LocalPort,
  type PortFacts,
  type PortState,
  powershellSettings,
  psqlCommand,
  shellExports,
} from '../proxy/index.ts';
import { type Clipboard, lentClipboard } from './clipboard.ts';
import { type PsqlParts, type StartedPsql, startPsql } from './psql.ts';

export interface Handover {
  /** Rejects with a Fault while the port is closed. */
  copy(what: PortCopy, port: Pick<LocalPort, 'facts'>): Promise<PortCopied>;
  /** Resolves when a terminal was started. Throws a Fault with what to do where that is not possible. */
  openPsql(port: Pick<LocalPort, 'facts' | 'state'>): Promise<void>;
  /** What is known of the port now; null where there is none. Takes back what nobody needs any more. */
  follow(port: Pick<PortState, 'open' | 'clients'> | null): void;
}

export interface HandoverParts extends Omit<PsqlParts, 'watchMs'> {
  readonly clipboard: Clipboard;
  /** A monotonic clock, ms. */
  readonly mono: () => number;
  /** What could not be removed goes here. */
  readonly onDefect: (error: unknown) => void;
  /** How long a secret stays on the clipboard, and how long psql may take to connect, ms. */
  readonly forMs?: number;
  readonly watchMs?: number;
}

const FOR_MS = 60_000;
/** A page that was taken over cannot fill the screen with terminals: one after the other, and each one connected, ms. */
const STARTING_MS = 5000;

interface Waiting {
  readonly psql: StartedPsql;
  readonly since: number;
  /** Connected before it was started. */
  readonly before: ReadonlySet<string>;
}

export function openHandover(parts: HandoverParts): Handover {
  const { platform, onDefect, forMs = FOR_MS } = parts;
  const lent = lentClipboard(parts.clipboard, forMs, onDefect);
  const psqls = new Set<StartedPsql>();
  let starting = false;
  let waiting: Waiting | null = null;
  let shown: Pick<PortState, 'open' | 'clients'> | null = null;

  const connected = (): void => {
    waiting?.psql.removePassword().catch(onDefect);
    waiting = null;
  };
  const takeBack = (): void => {
    lent.takeBack().catch(onDefect);
    waiting = null;
    for (const psql of psqls) psql.remove().catch(onDefect);
    psqls.clear();
  };

  const follow: Handover['follow'] = (port) => {
    shown = port;
    if (port === null || port.open === null) takeBack();
    else if (port.clients.some((client) => isPsql(client) && waiting?.before.has(client.id) === false)) connected();
  };

  return {
    follow,
    async copy(what, port) {
      const text = textOf(what, port.facts(), platform);
      if (what === 'psql') {
        await parts.clipboard.writeText(text);
        return { clears_in_s: null };
      }
      await lent.lend(text);
      return { clears_in_s: Math.round(forMs / 1000) };
    },
    async openPsql(port) {
      const facts = port.facts();
      const { clients, limit } = port.state();
      if (starting || (waiting !== null && parts.mono() - waiting.since < STARTING_MS))
        throw new Fault('psql_starting', 'psql is being opened already.', 'Look for its window, or wait a moment.');
      if (clients.length >= limit)
        throw new Fault(
          'port_full',
          `This port allows ${limit} ${limit === 1 ? 'tool' : 'tools'} at once, and that many are connected.`,
          'Disconnect one first.',
        );
      const before = new Set(clients.map(({ id }) => id));
      starting = true;
      try {
        const psql = await startPsql(facts, { ...parts, watchMs: parts.watchMs ?? 1000 });
        connected();
        psqls.add(psql);
        waiting = { psql, since: parts.mono(), before };
        setTimeout(() => psql.removePassword().catch(onDefect), forMs).unref();
        // The port may have been closed, or psql have connected, while the terminal was watched.
        follow(shown);
      } finally {
        starting = false;
      }
    },
  };
}

const isPsql = ({ application, program }: PortState['clients'][number]): boolean =>
  application === 'psql' || program === 'psql' || program === 'psql.exe';

function textOf(what: PortCopy, facts: PortFacts, platform: NodeJS.Platform): string {
  switch (what) {
    case 'uri':
      return connectionUri(facts);
    case 'env':
      return platform === 'win32' ? powershellSettings(facts) : shellExports(facts);
    case 'psql':
      return psqlCommand(facts);
    case 'password':
      return facts.password;
  }
}
