/** What `--json` writes, one object a line; the contract with scripts, documented in `docs/terminal.md`. */
import { z } from 'zod';
import { person } from '../../shared/api.ts';
import { endReason, environment, id128, mode, severityId, targetId, ticketId, timestamp } from '../../shared/grants.ts';
import { summary, userError } from '../../shared/ipc.ts';

/** Where tools connect. The password is here because a script has no other way to it; it works on this port only. */
export const connection = z.strictObject({
  host: z.literal('127.0.0.1'),
  port: z.int(),
  user: z.string(),
  password: z.string(),
  database: z.string(),
  uri: z.string(),
});
export type Connection = z.infer<typeof connection>;

export const terminalEvent = z.discriminatedUnion('event', [
  z.strictObject({ event: z.literal('starting'), collector: z.string(), version: z.string() }),
  /** Something does not work yet and is tried again. */
  z.strictObject({ event: z.literal('problem'), ...userError.shape }),
  z.discriminatedUnion('method', [
    z.strictObject({ event: z.literal('sign_in'), method: z.literal('browser'), url: z.string() }),
    z.strictObject({
      event: z.literal('sign_in'),
      method: z.literal('device_code'),
      user_code: z.string(),
      verification_uri: z.string(),
      verification_uri_complete: z.string().nullable(),
      expires_in: z.int(),
    }),
  ]),
  z.strictObject({ event: z.literal('signed_in'), person }),
  /** The collector wants a fresh sign-in; a `sign_in` follows. */
  z.strictObject({ event: z.literal('step_up'), message: z.string() }),
  z.strictObject({
    event: z.literal('waiting'),
    request: id128,
    approvals_needed: z.int(),
    approvers: z.array(z.string()),
    lapses_at: timestamp,
    url: z.string(),
  }),
  z.strictObject({
    event: z.literal('live'),
    grant: id128,
    target: z.strictObject({ id: targetId, label: z.string(), environment }),
    scope: z.string(),
    mode,
    severity: severityId,
    ticket: ticketId,
    expires_at: timestamp,
    left_ms: z.int(),
    connection,
  }),
  z.strictObject({ event: z.literal('warning'), left_ms: z.int() }),
  z.strictObject({
    event: z.literal('client'),
    change: z.enum(['connected', 'disconnected']),
    id: z.string(),
    application_name: z.string(),
    pid: z.int().nullable(),
  }),
  /** The gate did not send a statement; the client has had the same words. */
  z.strictObject({
    event: z.literal('refused'),
    application_name: z.string(),
    sqlstate: z.string(),
    message: z.string(),
  }),
  /** Nothing can be sent for now (the log cannot be written, …); null: it can again. */
  z.strictObject({ event: z.literal('blocked'), problem: userError.nullable() }),
  z.strictObject({ event: z.literal('ending'), why: endReason }),
  z.strictObject({ event: z.literal('ended'), summary, delivered: z.boolean() }),
  /** The last line of a run that did not reach `ended`. */
  z.strictObject({ event: z.literal('error'), ...userError.shape, exit: z.int() }),
]);
export type TerminalEvent = z.infer<typeof terminalEvent>;

/** One line; control characters that JSON would let through are escaped too, for whoever looks at it on a terminal. */
export const lineOf = (event: TerminalEvent): string =>
  `${JSON.stringify(event).replace(/[\u007f-\u009f\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
