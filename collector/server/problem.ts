/** Problem details (RFC 9457): the only shape in which the collector refuses anything. (I6) */
import type { Problem } from '../../shared/api.ts';

export interface ProblemExtras {
  /** What happened, what was kept. */
  readonly detail?: string;
  /** The input that was wrong, as a path: `minutes`, `device.name`, `line 3: payload.seq`. */
  readonly field?: string;
  /** What to do next. */
  readonly hint?: string;
  readonly next_seq?: number;
  readonly head?: string | null;
  /** What a sign-in is asked for (RFC 9470). */
  readonly max_age?: number;
  readonly acr_values?: string;
}

export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly extras: ProblemExtras;
  /** Sent with the answer, for example `www-authenticate`. */
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    status: number,
    code: string,
    title: string,
    extras: ProblemExtras = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(title);
    this.name = 'ProblemError';
    this.status = status;
    this.code = code;
    this.extras = extras;
    this.headers = headers;
  }
  body(): Problem {
    return {
      type: `urn:vitrine:problem:${this.code}`,
      title: this.message,
      status: this.status,
      code: this.code,
      ...this.extras,
    };
  }
}

/** `throw problem(403, 'above_limit', 'SEV1 allows at most 30 minutes', {field: 'minutes'})` */
export const problem = (
  status: number,
  code: string,
  title: string,
  extras: ProblemExtras = {},
  headers: Readonly<Record<string, string>> = {},
): ProblemError => new ProblemError(status, code, title, extras, headers);
