/**
 * The fuzzing of the wire: many cases, several at once, with an eye on what they leave behind.
 *
 *   case          one of them: a client, a relay and a target, and everything that must hold
 *   random        so that a case can be had again
 *   moves         the messages of a client; conversation, rude: what it says with them
 *   model         a server without data: commands, handshake; mischief bends its words
 *   target        takes what the relay dials; memory-wire is the TCP between them
 *   ledger, tap   the judges in the middle: where the relay records, and where it writes
 *   judge         the judge at the end; answers and straight are what it compares with
 *   real          the same conversations with a real PostgreSQL
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Judged, type Kind, runCase } from './case.ts';

export interface Failure extends Judged {
  readonly index: number;
}
export interface Report {
  readonly cases: number;
  readonly kinds: Readonly<Record<Kind, number>>;
  readonly statements: number;
  readonly failures: readonly Failure[];
  /** Errors that no case had in its hands. */
  readonly stray: readonly string[];
  /** Bytes in use after a collection, at each report of progress. */
  readonly heap: readonly number[];
  /** Timers and handles that keep the process alive, before and after. */
  readonly resources: { readonly before: number; readonly after: number };
}
export interface CampaignOptions {
  readonly seed: number;
  readonly cases: number;
  readonly first?: number;
  readonly atOnce?: number;
  /** Called every so many cases. */
  readonly every?: number;
  readonly progress?: (done: number, heapBytes: number, failures: number) => void;
}

export async function campaign(options: CampaignOptions): Promise<Report> {
  const { seed, cases, first = 0, atOnce = 64, every = 10_000, progress = () => {} } = options;
  const kinds: Record<Kind, number> = { faithful: 0, rude: 0, lying: 0, disturbed: 0 };
  const failures: Failure[] = [];
  const stray: string[] = [];
  const heap: number[] = [];
  let statements = 0;
  let next = first;
  let done = 0;
  const astray = (error: unknown): void =>
    void stray.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.on('uncaughtException', astray);
  process.on('unhandledRejection', astray);
  const before = process.getActiveResourcesInfo().length;
  try {
    await Promise.all(
      Array.from({ length: Math.min(atOnce, cases) }, async () => {
        while (next < first + cases && failures.length < 20) {
          const index = next++;
          const judged = await runCase(seed, index);
          kinds[judged.kind]++;
          statements += judged.statements;
          if (judged.findings.length > 0) failures.push({ ...judged, index });
          if (++done % every !== 0) continue;
          heap.push(collected());
          progress(done, heap.at(-1) ?? 0, failures.length);
        }
      }),
    );
    // Goodbyes to servers that do not answer may take their time.
    for (let wait = 0; wait < 200 && process.getActiveResourcesInfo().length > before; wait++)
      await new Promise((resolve) => setTimeout(resolve, 50));
  } finally {
    process.off('uncaughtException', astray);
    process.off('unhandledRejection', astray);
  }
  const after = process.getActiveResourcesInfo().length;
  return { cases: done, kinds, statements, failures, stray, heap, resources: { before, after } };
}

/** What of this did not hold, in words; empty when everything did. */
export function verdict(report: Report, seed: number): string[] {
  const { failures, stray, heap, resources } = report;
  const words = failures.map(({ index, kind, findings }) => `${again(seed, index)} (${kind}): ${findings.join('; ')}`);
  words.push(...stray.map((error) => `an error that no case had in its hands: ${error}`));
  if (resources.after > resources.before)
    words.push(`${resources.after - resources.before} timers or handles were left behind`);
  const growth = growthOf(heap);
  if (growth > MOST_GROWTH) words.push(`the heap grew by ${Math.round(growth / 1e6)} MB`);
  return words;
}
const again = (seed: number, index: number): string => `npm run fuzz -- --seed ${seed} --only ${index}`;

/** What caches and the optimiser may take on the way; a case that leaks its streams costs 100 kB. */
const MOST_GROWTH = 25e6;
/** From the lowest of the first half to the lowest of the second. */
function growthOf(heap: readonly number[]): number {
  const half = Math.floor(heap.length / 2);
  return half === 0 ? 0 : Math.min(...heap.slice(half)) - Math.min(...heap.slice(0, half));
}

let collect: (() => void) | null = null;
/** Heap in use when everything that can go has gone. */
function collected(): number {
  if (collect === null) {
    setFlagsFromString('--expose-gc');
    // The flag adds this function to every context made after it.
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  return process.memoryUsage().heapUsed;
}
