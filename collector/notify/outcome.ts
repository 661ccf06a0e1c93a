/** How one attempt ended, and the words for what went wrong. They never quote an address, a secret or an answer. */

export type Outcome =
  /** `note`: it was taken, but something was not quite right. */
  | { readonly sent: true; readonly note: string | null }
  /** `problem` is the end of a sentence: `it answered 500`. `afterMs`: the receiver asks not to be tried sooner. */
  | { readonly sent: false; readonly problem: string; readonly afterMs?: number };

export const failed = (problem: string): Outcome => ({ sent: false, problem });

const KNOWN: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'it refused the connection',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  ENOTFOUND: 'its name is not known',
  EDNS: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
};

const asCode = (value: unknown): string | null =>
  typeof value === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(value) ? value : null;

/** `code` of a Node or OpenSSL error; what else an error says may hold an address with its secret. */
export function codeOf(error: unknown): string | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    const code = 'code' in at ? asCode(at.code) : null;
    if (code !== null) return code;
  }
  return null;
}

export function connectionProblem(error: unknown): string {
  // The mail library puts its own code over that of the socket.
  const under = error instanceof Error && 'originalCode' in error ? asCode(error.originalCode) : null;
  const code = under ?? codeOf(error);
  if (code === null) return 'it could not be reached';
  const known = KNOWN[code];
  if (known !== undefined) return known;
  return /CERT|TLS|SSL|SIGNED|ISSUER|ALTNAME|ETLS/.test(code)
    ? `the secure connection failed (${code})`
    : `it could not be reached (${code})`;
}
