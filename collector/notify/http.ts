/** One POST to a receiver: bounded in time, never redirected, its answer's body never read. */
import { connectionProblem, failed, type Outcome } from './outcome.ts';

const MOST_RETRY_AFTER_S = 3600;

/** A 2xx is a yes. `signal` ends it early, with a rejection. */
export async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Outcome> {
  const timeout = AbortSignal.timeout(timeoutMs);
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: 'POST',
      body,
      // A connection that was kept open since the last message may be dead by now.
      headers: {
        'content-type': 'application/json',
        'user-agent': 'vitrine-collector',
        connection: 'close',
        ...headers,
      },
      redirect: 'manual',
      signal: AbortSignal.any([timeout, signal]),
    });
  } catch (error) {
    signal.throwIfAborted();
    return failed(timeout.aborted ? 'it did not answer in time' : connectionProblem(error));
  }
  // Whatever it says beside its status is not needed, however long it is.
  void answer.body?.cancel().catch(() => {});
  if (answer.ok) return { sent: true, note: null };
  if (answer.status >= 300 && answer.status < 400)
    return failed(`it answered ${answer.status} and points elsewhere; redirects are not followed`);
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
  const problem = `it answered ${answer.status}`;
  return seconds > 0
    ? { sent: false, problem, afterMs: Math.min(seconds, MOST_RETRY_AFTER_S) * 1000 }
    : failed(problem);
}
