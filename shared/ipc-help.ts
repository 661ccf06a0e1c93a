/** What the window may ask about the app itself; part of `ipc.ts`. Nothing here is secret, nor taken from a database. (I7) */
import { z } from 'zod';

/** One package that ships inside the app. */
export const licence = z.strictObject({
  name: z.string().max(214),
  version: z.string().max(100),
  /** SPDX expression, as the package says it. */
  licence: z.string().max(200),
  text: z.string().max(200_000),
});
export type Licence = z.infer<typeof licence>;

export const helpCalls = {
  /** Lines to paste into a report: versions, state, settings. No SQL, no names of people, no address but the collector's. */
  getDiagnostics: { args: z.tuple([]), value: z.string().max(20_000) },
  /** By name. */
  getLicences: { args: z.tuple([]), value: z.array(licence).max(2000) },
} as const;
