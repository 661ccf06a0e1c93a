/** What a state of the gallery is, and scripted answers in the place of a collector. */
import type { Fetch } from '../api/client.ts';
import type { VerifyBundle } from '../verify/report.ts';
import { NOW } from './data.ts';
import { toldAtOnce } from './told.ts';

export interface State {
  readonly path: string;
  readonly fetch: Fetch;
  readonly verify: VerifyBundle;
  /** Keys pressed, or names of buttons clicked, before the picture is taken. */
  readonly steps?: readonly (string | { readonly click: string } | { readonly type: string })[];
}

export const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', date: new Date(NOW).toUTCString() },
  });
export const problem = (status: number, code: string, title: string, hint?: string): Response =>
  json({ type: 'about:blank', title, status, code, hint }, status);
export const never = (): Promise<Response> => new Promise(() => {});

export type Answer = () => Response | Promise<Response>;
/** `GET /v1/me` → answer; the first route whose text starts the call wins, longest first. `told` answers for messages. */
export function script(routes: Record<string, Answer>): Fetch {
  const known = Object.entries(routes).sort(([a], [b]) => b.length - a.length);
  return async (path, init) => {
    const call = `${init?.method ?? 'GET'} ${path}`;
    if (path.endsWith('/told')) return (routes.told ?? (() => json(toldAtOnce)))();
    const found = known.find(([start]) => call.startsWith(start));
    return found === undefined ? problem(404, 'not_found', `The gallery has no answer to ${call}`) : found[1]();
  };
}
