/**
 * Holds the server's log against the device's records: every statement that the server says a role has run must have its
 * intent, in order, with the same fingerprint. What cannot be matched is named, never passed over. (I1, I2, I5)
 */
import type { Intent } from '../audit/records.ts';
import type { LogLine } from './csvlog.ts';
import { said, untagged } from './said.ts';

/** One connection as the device recorded it. */
export interface RecordedSession {
  readonly pid: number;
  readonly clientPort: number;
  /** In the order of their records. */
  readonly intents: readonly {
    readonly id: string;
    readonly op: Intent['op'];
    readonly of: string | null;
    readonly fp: string | null;
  }[];
}

export interface Finding {
  readonly kind: /** A backend of the role that no session accounts for. */
    | 'unknown_connection'
    | 'untagged'
    /** The tag names no intent of this session, or one of another operation. */
    | 'unknown_intent'
    /** It ran after a statement that was recorded later. */
    | 'out_of_order'
    /** It ran more often than was recorded. */
    | 'too_many'
    | 'fingerprint';
  readonly line: LogLine;
  readonly detail: string;
}

export interface Verdict {
  /** Records of the role that show a statement running. */
  readonly statements: number;
  /** Intents that the server has confirmed; a statement that failed before it ran is not among them. */
  readonly confirmed: ReadonlySet<string>;
  readonly findings: readonly Finding[];
}

/**
 * @param lines every record of the time in question, in the order of the log; others' roles are passed over
 * @param fingerprint the one that the intents were made with; null where a text does not parse
 */
export function witness(
  lines: Iterable<LogLine>,
  role: string,
  sessions: readonly RecordedSession[],
  fingerprint: (text: string) => string | null,
): Verdict {
  const findings: Finding[] = [];
  const confirmed = new Set<string>();
  const backends = new Map<string, Backend | null>();
  let statements = 0;
  for (const line of lines) {
    if (line.role !== role) continue;
    const words = said(line);
    if (words === null) continue;
    if (words.what !== 'quoted') statements++;
    const find = (kind: Finding['kind'], detail: string): void => void findings.push({ kind, line, detail });
    if (!backends.has(line.session)) {
      const session = sessions.find(({ pid, clientPort }) => pid === line.pid && clientPort === line.clientPort);
      backends.set(line.session, session === undefined ? null : new Backend(session));
    }
    const backend = backends.get(line.session) ?? null;
    if (backend === null) {
      find('unknown_connection', `backend ${line.pid}, client port ${line.clientPort}`);
      continue;
    }
    if (words.what === 'function') {
      const call = backend.next(({ op }) => op === 'function');
      if (call === null) find('too_many', `function ${words.oid}`);
      else confirmed.add(call.id);
      continue;
    }
    const tagged = untagged(words.text);
    if (tagged === null) {
      find('untagged', words.text.slice(0, 200));
      continue;
    }
    const intent = backend.intent(tagged.intent);
    if (intent === null || (words.what !== 'quoted' && intent.op !== (words.what === 'query' ? 'query' : 'parse'))) {
      find('unknown_intent', tagged.intent);
      continue;
    }
    const fp = fingerprint(tagged.text);
    if (fp !== intent.fp) find('fingerprint', `recorded ${intent.fp}, seen ${fp}`);
    if (words.what === 'quoted') continue;
    const ran = backend.next(({ id, op, of }) =>
      words.what === 'query' ? id === intent.id : op === 'execute' && of === intent.id,
    );
    if (ran !== null) confirmed.add(ran.id);
    else find(backend.allRan(intent) ? 'too_many' : 'out_of_order', intent.id);
  }
  return { statements, confirmed, findings };
}

type RecordedIntent = RecordedSession['intents'][number];

/** How far the server's log has come in the records of one session. Intents that never ran are stepped over. */
class Backend {
  readonly #intents: readonly RecordedIntent[];
  readonly #byId: ReadonlyMap<string, RecordedIntent>;
  readonly #ran = new Set<RecordedIntent>();
  #at = 0;

  constructor({ intents }: RecordedSession) {
    this.#intents = intents;
    this.#byId = new Map(intents.map((intent) => [intent.id, intent]));
  }

  intent(id: string): RecordedIntent | null {
    return this.#byId.get(id) ?? null;
  }

  /** The next intent that fits; null where only earlier ones do, or none. */
  next(fits: (intent: RecordedIntent) => boolean): RecordedIntent | null {
    for (let i = this.#at; i < this.#intents.length; i++) {
      const intent = this.#intents[i];
      if (intent === undefined || !fits(intent)) continue;
      this.#at = i + 1;
      this.#ran.add(intent);
      return intent;
    }
    return null;
  }

  /** Whether everything that was recorded of this query, or of this Parse, has run. */
  allRan(intent: RecordedIntent): boolean {
    const recorded = intent.op === 'parse' ? this.#intents.filter(({ of }) => of === intent.id) : [intent];
    return recorded.every((one) => this.#ran.has(one));
  }
}
