/**
 * The hub: the one wrapper around every call from the page. Sender, arguments and result are checked here, so a handler
 * sees only what `shared/ipc.ts` allows, and the page only what it promises. Nothing is ever thrown across. (I7)
 */

import { Fault } from '../../shared/errors.ts';
import { type CallArgs, type CallName, type CallValue, calls, type Result, type UserError } from '../../shared/ipc.ts';
import { callNames } from '../../shared/ipc-names.ts';
import { isAppAddress } from './origin.ts';

/** One function per call; it may throw a `Fault`, which the person will read. */
export type Handlers = { readonly [N in CallName]: (...args: CallArgs<N>) => Promise<CallValue<N>> | CallValue<N> };
export type Log = (message: string, error?: unknown) => void;

interface Frame {
  readonly url: string;
  readonly parent: object | null;
}
/** The part of Electron's event that says who is calling. */
export interface CallEvent {
  /** Null when the frame has gone; reading from it may throw then, too. */
  readonly senderFrame: Frame | null;
  readonly sender: { readonly id: number };
}
/** The part of `ipcMain` that the hub needs. */
export interface CallRegistry {
  handle(channel: string, listener: (event: CallEvent, ...args: unknown[]) => Promise<unknown>): void;
}

/**
 * Why a sender is refused, or null when it is the main frame of a window of ours that shows `app://vitrine/`. There is
 * no exception for an empty address or `about:blank`.
 */
export function refusedSender(event: CallEvent, isKnownWindow: (contentsId: number) => boolean): string | null {
  try {
    const frame = event.senderFrame;
    if (frame === null) return 'its frame is gone';
    if (frame.parent !== null) return 'it is not a main frame';
    if (!isAppAddress(frame.url)) return 'its page is not app://vitrine';
    return isKnownWindow(event.sender.id) ? null : 'its window is not known';
  } catch {
    // Electron throws when the frame is disposed between the call and this line.
    return 'its frame is gone';
  }
}

/**
 * Registers every call of the contract; `refused` says why a sender is not trusted, or null. `handlers` is asked at each
 * call: a call that comes before the parts behind it exist waits for them.
 */
export function registerCalls(
  registry: CallRegistry,
  handlers: () => Handlers | Promise<Handlers>,
  refused: (event: CallEvent) => string | null,
  log: Log,
): void {
  for (const name of callNames)
    registry.handle(name, async (event, ...args) => {
      const reason = refused(event);
      if (reason !== null) {
        log(`${name}: refused the sender: ${reason}`);
        return failure('refused_sender', 'This call did not come from Vitrine’s own page. Nothing was done.', null);
      }
      return answer(name, handlers, args, log);
    });
}

async function answer(
  name: CallName,
  handlers: () => Handlers | Promise<Handlers>,
  args: readonly unknown[],
  log: Log,
): Promise<Result<unknown>> {
  const contract = calls[name];
  const given = contract.args.safeParse(args);
  if (!given.success) {
    const where = describeIssues(given.error.issues);
    log(`${name}: bad argument: ${where}`);
    return failure(
      'bad_argument',
      `${name} was called with something it does not take: ${where}. Nothing was done.`,
      null,
    );
  }
  let value: unknown;
  try {
    // The schema of this very name has just accepted the arguments.
    const handler = (await handlers())[name] as (...args: readonly unknown[]) => unknown;
    value = await handler(...given.data);
  } catch (error) {
    if (error instanceof Fault) return failure(error.code, error.message, error.hint);
    log(`${name}: failed`, error);
    return failure('internal', 'Something inside Vitrine failed. What was recorded is kept.', TRY_AGAIN);
  }
  const result = contract.value.safeParse(value);
  if (!result.success) {
    log(`${name}: its result breaks the contract: ${describeIssues(result.error.issues)}`);
    return failure('internal', 'Something inside Vitrine gave a wrong answer, which was not shown.', TRY_AGAIN);
  }
  // The parsed copy: a field that the contract does not name does not cross.
  return { ok: true, value: result.data };
}

const TRY_AGAIN = 'Try again; if it happens again, report it with the log file.';

function failure(code: string, message: string, hint: string | null): { ok: false; error: UserError } {
  return {
    ok: false,
    error: { code: code.slice(0, 64), message: message.slice(0, 2000), hint: hint?.slice(0, 2000) ?? null },
  };
}

/** Where and what was expected, never the value: it may be a passphrase or SQL. */
export function describeIssues(
  issues: readonly {
    readonly path: readonly PropertyKey[];
    readonly code?: string | undefined;
    readonly message: string;
  }[],
): string {
  return issues
    .slice(0, 3)
    .map(({ path, code, message }) => {
      const [index, ...rest] = path;
      const place = index === undefined ? 'the arguments' : ['argument', String(index), ...rest.map(String)].join(' ');
      // This message repeats the keys it was given.
      return `${place}: ${code === 'unrecognized_keys' ? 'a field that is not known' : message}`;
    })
    .join('; ')
    .slice(0, 500);
}
