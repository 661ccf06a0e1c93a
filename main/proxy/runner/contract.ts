/** What the rest of main may ask of the runner, and what it is given. */
import type { Limits } from '../../../shared/grants.ts';
import type { CallArgs, CallValue, Message, ResultState, TransactionMode } from '../../../shared/ipc.ts';
import type { Catalogue } from '../../../shared/ipc-completion.ts';
import type { ExplainAnswer, ExplainWish } from '../../../shared/ipc-explain.ts';
import type { NoticeFacts } from '../../audit/index.ts';
import type { Clock } from '../../clock.ts';
import type { Relay } from '../relay/relay.ts';
import type { CatalogQuestion } from './catalog/index.ts';
import type { ConnectionState } from './connection.ts';
import type { KeptResults } from './kept.ts';
import type { Saying } from './messages.ts';
import type { WholeSink } from './result.ts';

export type RunAnswer = CallValue<'runSql'>;

export interface RunnerOptions {
  readonly relay: Relay;
  readonly limits: Limits;
  readonly clock: Clock;
  /** Rows that the person wants kept of a result; the grant's limit counts where it is smaller, or where this is absent. */
  readonly keepRows?: () => number;
  readonly onResult: (result: ResultState) => void;
  /** The connection, its transaction or the messages have changed. */
  readonly onConnection: (state: ConnectionState) => void;
  readonly mode?: TransactionMode;
  /** The user's own statement timeout, ms; null leaves it to the grant. Asked before each statement. */
  readonly statementTimeoutMs?: () => number | null;
  /** The user wants to be asked before every write, not only before the risky ones. Asked for each text. */
  readonly confirmsWrites?: () => boolean;
  /** Said to the person before they begin. */
  readonly first?: readonly string[];
}

export interface Runner {
  /** Throws a Fault when there is nothing to run, or nothing of it may run. */
  run(wanted: CallArgs<'runSql'>[0]): Promise<RunAnswer>;
  /**
   * Stops the text that the result belongs to: what is not sent is not sent any more; what runs, the server is asked to
   * cancel, and it is called cancelled only when the server has confirmed it. Throws a Fault when it cannot be asked.
   */
  cancel(id: string): Promise<void>;
  /** What is asked of results that are there. */
  readonly results: KeptResults;
  /** The plan of one statement, or a question first. Throws a Fault where nothing is sent. */
  explain(wanted: ExplainWish): Promise<ExplainAnswer>;
  cancelExplain(tab: string): Promise<void>;
  close(id: string): void;
  /** Runs a plain SELECT once more and keeps up to so many rows of it; answers with the new result's id. Throws a Fault. */
  again(id: string, rows: number): string;
  /** Runs a plain SELECT once more, in its turn and as the statement that it is, with all rows into `sink`. */
  stream(id: string, sink: WholeSink): Streaming;
  /** Throws a Fault while nothing can be recorded. */
  assertRecordable(): void;
  /** A record beside the statements; durable, with the outcomes before it, when it resolves. Rejects with a Fault. */
  record(facts: NoticeFacts): Promise<void>;
  /** Rejects with a Fault where there is no answer. */
  catalog<T>(question: CatalogQuestion<T>): Promise<T>;
  /** For completion in the editor, asked behind the user's statements. Rejects with a Fault. */
  catalogue(): Promise<Catalogue>;
  /** As it is at this moment: what counts down in it is up to date. */
  connection(): ConnectionState;
  messages(): readonly Message[];
  dismiss(message: number): void;
  /** Throws a Fault while something runs, and from manual to auto while a transaction is open. */
  setMode(mode: TransactionMode): void;
  /** The grant may write from now on ({@link Relay.mode}): the next statement outside a transaction can. */
  elevated(): void;
  /** It may not any more: what runs is cancelled, a transaction that could write is rolled back, the connection stays. */
  lowered(): void;
  /** Something for the person, beside the results. */
  say(saying: Saying): void;
  /** Behind the statements that wait. Throws a Fault where none is open, and where a COMMIT did not commit. */
  endTransaction(how: 'commit' | 'rollback'): Promise<void>;
  /** Gives up the connection, whatever runs on it, and opens a new one. */
  reconnect(): Promise<void>;
  /** Wipes every result and closes the connections. */
  dispose(): Promise<void>;
}

export interface Streaming {
  /** Null until the statement was recorded. */
  intent(): string | null;
  cancel(): void;
  /** Its last state; never rejects. */
  readonly done: Promise<ResultState>;
}
