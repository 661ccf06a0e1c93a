/**
 * The local port as the window shows it, and what the window may ask of it; part of `ipc.ts`. The password is in no shape
 * here: main puts it on the clipboard or hands it to psql, and the page never has it. (I7)
 */
import { z } from 'zod';
import { id128, timestamp } from './grants.ts';

/** One tool that is connected. What it calls itself and which program it is are for display, not evidence. */
export const portClient = z.strictObject({
  id: id128,
  /** `application_name`; empty where the tool does not say. */
  application: z.string().max(64),
  /** The tool's own process, where the system tells. */
  program: z.string().max(255).nullable(),
  pid: z.int().nullable(),
  /** Of the target; null until it is connected there. */
  backend_pid: z.int().nullable(),
  since: timestamp,
  statements: z.int(),
  running: z.boolean(),
  tx: z.enum(['idle', 'transaction', 'failed']),
});
export type PortClient = z.infer<typeof portClient>;

/** One that was turned away. */
export const turnedAway = z.strictObject({
  /** Newer ones have a greater number. */
  n: z.int(),
  at: timestamp,
  /** SQLSTATE that it was told: `28P01` for a wrong password. */
  code: z.string().max(64),
  message: z.string().max(2000),
  application: z.string().max(64),
  program: z.string().max(255).nullable(),
  pid: z.int().nullable(),
});
export type TurnedAway = z.infer<typeof turnedAway>;

export const portState = z.strictObject({
  /** Why it cannot be opened under this grant; null when it can. */
  forbidden: z.strictObject({ message: z.string(), hint: z.string().nullable() }).nullable(),
  /** Where tools connect; null while closed. */
  open: z
    .strictObject({
      host: z.literal('127.0.0.1'),
      port: z.int(),
      user: z.string(),
      database: z.string(),
    })
    .nullable(),
  /** Most tools at once. */
  limit: z.int(),
  /** Oldest first. */
  clients: z.array(portClient).max(100),
  /** Since it was opened last; `recent` are the last few, oldest first. */
  turned_away: z.strictObject({ count: z.int(), recent: z.array(turnedAway).max(20) }),
});
export type PortState = z.infer<typeof portState>;

/** What can be copied; all but `psql` holds the password. */
export const portCopy = z.enum(['uri', 'env', 'psql', 'password']);
export type PortCopy = z.infer<typeof portCopy>;

/** `clears_in_s`: seconds until the clipboard is cleared again, if it still holds this; null where it is no secret. */
export const portCopied = z.strictObject({ clears_in_s: z.int().nullable() });
export type PortCopied = z.infer<typeof portCopied>;

/** A tool that the end of the grant has disconnected. */
export const endedTool = z.strictObject({
  name: z.string().max(255),
  statements: z.int(),
  /** It had a transaction open, which was rolled back. */
  transaction: z.boolean(),
});
export type EndedTool = z.infer<typeof endedTool>;
