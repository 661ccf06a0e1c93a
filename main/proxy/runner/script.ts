/** A text that was asked to run. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { ResultState } from '../../../shared/ipc.ts';
import { parserReady, readScript, type ScriptStatement } from '../../../shared/sql/index.ts';
import type { Caps, LiveResult } from './result.ts';
import { tooManyStatements } from './words.ts';

export interface Script {
  readonly tab: string;
  readonly text: string;
  readonly parts: readonly ScriptStatement[];
  /** Of its results, one for each part. */
  readonly ids: readonly string[];
  readonly confirmed: boolean;
  /** On the monotonic clock. */
  readonly asked: number;
  /** Transactions that had ended without the user when it was asked. */
  readonly undone: number;
  readonly caps: Caps;
  /** Where its only statement stands in the text that it was part of before. */
  readonly place?: Pick<ResultState, 'offset' | 'n' | 'of'>;
  /** Its only result goes elsewhere: the window does not have it. */
  apart?: LiveResult;
  /** Nothing more of it is sent. */
  stopped: boolean;
}

const MOST_STATEMENTS = 20_000;
/** Others may work this often while a long text is read, ms. */
const BREATH_MS = 10;

/** The statements of a text. Throws a Fault for one that is too long. */
export async function readText(text: string): Promise<ScriptStatement[]> {
  const parts: ScriptStatement[] = [];
  await parserReady();
  let since = performance.now();
  for (const batch of readScript(text)) {
    for (const part of batch) parts.push(part);
    if (parts.length > MOST_STATEMENTS) throw tooManyStatements(MOST_STATEMENTS);
    if (performance.now() - since < BREATH_MS) continue;
    await breathe();
    await parserReady();
    since = performance.now();
  }
  return parts;
}
