/**
 * The one way from these pages to the collector: fetch on the same origin, every answer checked against its schema in
 * `shared/api.ts`, every refusal turned into a Fault that a person can act on. Keeps the CSRF token of `GET /v1/me`
 * and the difference between this machine's clock and the collector's.
 */
import type { z } from 'zod';
import { problem } from '../../../shared/api.ts';
import { Fault } from '../../../shared/errors.ts';

export type Fetch = (path: string, init?: RequestInit) => Promise<Response>;
/** Milliseconds since the epoch, as the collector counts them. */
export type Now = () => number;

/** The collector said no; `status` is the HTTP status. */
export class Refusal extends Fault {
  readonly status: number;
  readonly field: string | null;
  /** Of `step_up_required`: what a sign-in has to be like (RFC 9470); seconds, and a class. */
  readonly maxAge: number | null;
  readonly acr: string | null;
  constructor(
    status: number,
    code: string,
    message: string,
    hint: string | null,
    { field = null, maxAge = null, acr = null }: RefusalExtras = {},
  ) {
    super(code, message, hint);
    this.name = 'Refusal';
    this.status = status;
    this.field = field;
    this.maxAge = maxAge;
    this.acr = acr;
  }
}

interface RefusalExtras {
  readonly field?: string | null;
  readonly maxAge?: number | null;
  readonly acr?: string | null;
}

/** Signed in, but not freshly or strongly enough for this. */
export const needsStepUp = (error: unknown): error is Refusal =>
  error instanceof Refusal && error.code === 'step_up_required' && error.maxAge !== null;
export const isSignedOut = (error: unknown): boolean =>
  error instanceof Refusal && error.status === 401 && !needsStepUp(error);
export const isForbidden = (error: unknown): boolean => error instanceof Refusal && error.status === 403;

export interface Ask {
  readonly signal?: AbortSignal | undefined;
}

export interface Client {
  get<S extends z.ZodType>(path: string, schema: S, ask?: Ask): Promise<z.output<S>>;
  post<S extends z.ZodType>(path: string, body: unknown, schema: S, ask?: Ask): Promise<z.output<S>>;
  /** A download, not read yet. */
  stream(path: string, ask?: Ask): Promise<Response>;
  setCsrf(token: string): void;
  readonly now: Now;
}

/** What is told when the collector answers without problem details, for example from a proxy in front of it. */
function bareRefusal(status: number): Refusal {
  if (status === 401) return new Refusal(401, 'signed_out', 'You are signed out.', 'Sign in again to go on.');
  if (status === 403) return new Refusal(403, 'forbidden', 'You may not do this.', null);
  if (status === 404) return new Refusal(404, 'not_found', 'There is nothing at this address.', null);
  if (status === 429)
    return new Refusal(429, 'too_many', 'Too many requests from this browser.', 'Wait a minute, then try again.');
  return new Refusal(
    status,
    'failed',
    `The collector could not answer (${status}).`,
    'Nothing was changed. Try again; if it stays, tell whoever runs the collector.',
  );
}

async function refusalOf(response: Response): Promise<Refusal> {
  const parsed = problem.safeParse(await response.json().catch(() => null));
  if (!parsed.success) return bareRefusal(response.status);
  const {
    status,
    code,
    title,
    detail,
    hint,
    field = null,
    max_age: maxAge = null,
    acr_values: acr = null,
  } = parsed.data;
  return new Refusal(status, code, detail ?? title, hint ?? null, { field, maxAge, acr });
}

export function createClient(fetch: Fetch, clock: Now): Client {
  let csrf = '';
  /** Collector minus this machine, milliseconds. */
  let skew = 0;

  async function send(path: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(path, { credentials: 'same-origin', cache: 'no-store', ...init });
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new Fault(
        'offline',
        'The collector cannot be reached.',
        'What you typed is kept. This page tries again by itself.',
        { cause },
      );
    }
    const stated = Date.parse(response.headers.get('date') ?? '');
    // The header counts whole seconds and travels; smaller differences are not worth a jumping clock.
    if (Number.isFinite(stated)) skew = Math.abs(stated - clock()) > 2000 ? stated - clock() : 0;
    if (!response.ok) throw await refusalOf(response);
    return response;
  }

  async function read<S extends z.ZodType>(path: string, response: Response, schema: S): Promise<z.output<S>> {
    const body: unknown = response.status === 204 ? null : await response.json().catch(() => undefined);
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new Fault(
      'unexpected_answer',
      'The collector sent something this page does not understand.',
      `Reload the page; it may be older than the collector. (${path}: ${parsed.error.issues[0]?.path.join('.') ?? 'body'})`,
      { cause: parsed.error },
    );
  }

  const signal = (ask: Ask | undefined): RequestInit => (ask?.signal === undefined ? {} : { signal: ask.signal });
  return {
    get: async (path, schema, ask) =>
      read(path, await send(path, { headers: { accept: 'application/json' }, ...signal(ask) }), schema),
    post: async (path, body, schema, ask) =>
      read(
        path,
        await send(path, {
          method: 'POST',
          headers: { accept: 'application/json', 'content-type': 'application/json', 'x-vitrine-csrf': csrf },
          body: JSON.stringify(body),
          ...signal(ask),
        }),
        schema,
      ),
    stream: (path, ask) => send(path, { ...signal(ask) }),
    setCsrf(token) {
      csrf = token;
    },
    now: () => clock() + skew,
  };
}
