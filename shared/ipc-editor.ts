/**
 * What the editor asks of main, which has the parser; part of `ipc.ts`. Offsets are UTF-16, ends exclusive. Nothing here
 * sends anything to a database. (I1, I7)
 */
import { z } from 'zod';
import { MAX_CHECKED, MAX_PARAMETERS, MAX_SNIPPETS } from './editor.ts';

/** A query inside a statement, and what to call it: `Subquery`, `CTE recent`. */
export const runPart = z.strictObject({ start: z.int(), end: z.int(), what: z.string().max(200) });
export type RunPart = z.infer<typeof runPart>;

export const finding = z.strictObject({
  start: z.int(),
  end: z.int(),
  code: z.enum(['syntax', 'every_row', 'read_only', 'not_in_grant']),
  message: z.string().max(2000),
  /** The statement that it is in, without its semicolon. */
  statement: z.strictObject({ start: z.int(), end: z.int() }),
  /** A semicolon follows: somebody has finished it. */
  closed: z.boolean(),
});
export type Finding = z.infer<typeof finding>;

export const formatted = z.strictObject({
  text: z.string(),
  /** Statements that are as they were, because they do not parse or would have become something else. */
  kept: z.int(),
  /** Statements that were formatted. */
  done: z.int(),
});
export type Formatted = z.infer<typeof formatted>;

const parameterName = z.string().min(2).max(200);
export const parameterValue = z.strictObject({
  name: parameterName,
  kind: z.enum(['text', 'number', 'null', 'expression']),
  value: z.string().max(1_000_000),
});
export type ParameterValue = z.infer<typeof parameterValue>;
export const filled = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('filled'), text: z.string() }),
  z.strictObject({
    kind: z.literal('wrong'),
    problems: z.array(z.strictObject({ name: z.string(), message: z.string() })),
  }),
]);
export type Filled = z.infer<typeof filled>;

/** A text of one's own. `${1:name}` in the body is a place to fill in. */
export const snippet = z.strictObject({
  id: z.string().min(1).max(64),
  /** What is typed to get it; no white space. */
  prefix: z.string().regex(/^\S{1,40}$/),
  body: z.string().min(1).max(100_000),
});
export type Snippet = z.infer<typeof snippet>;
export const snippets = z.array(snippet).max(MAX_SNIPPETS);

const text = z.string().max(MAX_CHECKED);
const call = <A extends z.ZodType, V extends z.ZodType>(args: A, value: V) => ({ args, value });

export const editorCalls = {
  /** Queries around `cursor` in one statement, outermost first, without the statement itself. */
  findParts: call(z.tuple([z.strictObject({ text, cursor: z.int().min(0) })]), z.array(runPart)),
  /** What can be said about a text before it runs, under the live grant; at most the first few hundred. */
  checkSql: call(z.tuple([text]), z.array(finding)),
  formatSql: call(z.tuple([text]), formatted),
  /** Names of the parameters of a text (`:id`, `$1`), in the order of the text. */
  findParameters: call(z.tuple([text]), z.array(z.string()).max(MAX_PARAMETERS)),
  /** The text with literals in the place of its parameters. */
  fillParameters: call(
    z.tuple([z.strictObject({ text, values: z.array(parameterValue).max(MAX_PARAMETERS) })]),
    filled,
  ),
  loadSnippets: call(z.tuple([]), snippets),
  saveSnippets: call(z.tuple([snippets]), z.null()),
} as const;
