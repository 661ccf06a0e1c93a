/** The kind `smtp`: a plain mail. TLS is required anywhere but on loopback; texts cannot become headers or addresses. */
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { SmtpServer } from './channels.ts';
import type { Notice } from './notice.ts';
import { codeOf, connectionProblem, failed, type Outcome } from './outcome.ts';
import { factsOf, linkWords, titleOf } from './words.ts';

export interface Envelope {
  /** Of the message; receivers tell a repetition by it. */
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
}

export function mailOf(notice: Notice, { id, from, to }: Envelope): SendMailOptions {
  const lines = factsOf(notice).map(({ name, value }) => `${`${name}:`.padEnd(11)}${value}`);
  return {
    from: { name: 'Vitrine', address: from },
    to: to.map((address) => ({ name: '', address })),
    subject: titleOf(notice),
    text: [titleOf(notice), '', ...lines, '', `${linkWords(notice)}: ${notice.url}`, ''].join('\n'),
    messageId: `<${id}@${new URL(notice.url).hostname.replace(/[[\]]/g, '')}>`,
    headers: { 'X-Vitrine-Message': id, 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** `signal` ends it early, with a rejection. */
export async function mail(
  server: SmtpServer,
  message: SendMailOptions,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Outcome> {
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.secure,
    requireTLS: !server.secure && !server.plain,
    ignoreTLS: server.plain,
    tls: { minVersion: 'TLSv1.2' },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    logger: false,
    ...(server.user === null ? {} : { auth: { user: server.user, pass: server.password } }),
  });
  const over = AbortSignal.any([AbortSignal.timeout(timeoutMs), signal]);
  // A server that trickles would keep each of its own timeouts alive.
  const late = new Promise<never>((_, reject) => over.addEventListener('abort', () => reject(over.reason)));
  try {
    const { accepted, rejected } = await Promise.race([transport.sendMail(message), late]);
    if (accepted.length === 0) return failed('it takes mail for none of the addresses');
    const refused = rejected.length;
    return { sent: true, note: refused === 0 ? null : `${refused} of ${refused + accepted.length} addresses refused` };
  } catch (error) {
    signal.throwIfAborted();
    return failed(over.aborted ? 'it did not answer in time' : mailProblem(error));
  } finally {
    transport.close();
  }
}

/** Server's words may repeat the user or an address: only the codes are told. */
function mailProblem(error: unknown): string {
  const status =
    error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number'
      ? ` (${error.responseCode})`
      : '';
  switch (codeOf(error)) {
    case 'EAUTH':
      return `it does not accept the user and password${status}`;
    case 'ETLS':
      return 'it offers no secure connection that could be trusted';
    case 'EENVELOPE':
      return `it refuses the sender or every address${status}`;
    case 'EMESSAGE':
      return `it refuses the message${status}`;
    default:
      return status === '' ? connectionProblem(error) : `it answered${status}`;
  }
}
