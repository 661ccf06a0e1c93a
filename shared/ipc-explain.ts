/** Query plans and saved charts, as the window asks for them; part of `ipc.ts`. Where a file is, the page never learns. (I7) */
import { z } from 'zod';
import { id128 } from './grants.ts';
import { MAX_SQL } from './results.ts';

/** Longest plan that is shown, UTF-16: a query over ten thousand partitions has one of about that. */
export const MOST_OF_A_PLAN = 16_000_000;
/** Largest picture of a chart, bytes before base64. */
const MOST_OF_A_PICTURE = 16_000_000;

/** `analyze`: the statement is run for it, in a transaction that is rolled back. */
export const explainWish = z.strictObject({
  tab: z.string().max(64),
  text: z.string().min(1).max(MAX_SQL),
  analyze: z.boolean(),
  /** The person has confirmed what the last answer asked. */
  confirmed: z.boolean(),
});
export type ExplainWish = z.infer<typeof explainWish>;

/** Its record. `onResult` tells about it under this id, without a tab: when its place in the ledger is known, too. */
const record = z.strictObject({ result: id128, intent: id128.nullable(), ledger_index: z.int().nullable() });
export type ExplainRecord = z.infer<typeof record>;

export const explainAnswer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('confirm'), title: z.string(), detail: z.string(), action: z.string() }),
  z.strictObject({
    kind: z.literal('plan'),
    /** As the server sent it: EXPLAIN's JSON. */
    json: z.string().max(MOST_OF_A_PLAN),
    analyze: z.boolean(),
    /** Changes something, as far as its text shows. */
    writes: z.boolean(),
    /** How what ANALYZE did was undone; `nothing` where nothing was run. */
    undone: z.enum(['nothing', 'transaction', 'savepoint']),
    notices: z.array(z.string()),
    /** From the moment that it was asked for until the plan was here, ms. */
    ms: z.number(),
    record,
  }),
  z.strictObject({
    kind: z.literal('failed'),
    /** `not_sent`: nothing of it reached the server. */
    status: z.enum(['error', 'cancelled', 'not_sent', 'unknown']),
    code: z.string(),
    message: z.string(),
    detail: z.string().nullable(),
    hint: z.string().nullable(),
    /** Where the error stands: offset (UTF-16) in the text that was asked about. */
    position: z.int().nullable(),
    record,
  }),
]);
export type ExplainAnswer = z.infer<typeof explainAnswer>;

export const chartWish = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('svg'), result: id128, svg: z.string().min(1).max(MOST_OF_A_PICTURE) }),
  z.strictObject({
    kind: z.literal('png'),
    result: id128,
    base64: z
      .base64()
      .min(1)
      .max((MOST_OF_A_PICTURE * 4) / 3),
  }),
]);
export type ChartWish = z.infer<typeof chartWish>;
/** The file's name and its folder as a person calls it, `~/Downloads`. */
export const chartSaved = z.strictObject({ file: z.string(), folder: z.string() });
export type ChartSaved = z.infer<typeof chartSaved>;

export const explainCalls = {
  /** Answers when the plan is there, or with a question; the error of a statement that fails is an answer, too. */
  explainSql: { args: z.tuple([explainWish]), value: explainAnswer },
  /** Stops what is being explained for a tab; does nothing where nothing is. */
  cancelExplain: { args: z.tuple([z.string().max(64)]), value: z.null() },
  /** Asks where to (in a dialog of the system) and writes it. Null: no file was chosen. */
  saveChart: { args: z.tuple([chartWish]), value: chartSaved.nullable() },
} as const;
