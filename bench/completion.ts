/**
 * A completion on 5,000 tables with twelve columns each, at every place of the quality test, letter by letter as a person
 * types; beside it, the longest slice of making that catalogue searchable.
 */
import { largeCases } from '../e2e/completion/cases.ts';
import { largeSchema } from '../e2e/completion/large.ts';
import { type CatalogueIndex, complete, indexing } from '../renderer/completion/index.ts';
import type { Catalogue, CatalogueFunction } from '../shared/ipc-completion.ts';
import { quantile, type Report, round, spread } from './support.ts';

const ROUNDS = 20;
const LETTERS = 12;
/** As many as PostgreSQL brings along. */
const FUNCTIONS = 2500;

export async function completion(report: Report): Promise<void> {
  const { index, slices } = build(catalogue());
  const times: number[] = [];
  for (let round = -2; round < ROUNDS; round++)
    for (const [, marked] of largeCases) {
      const cursor = marked.indexOf('¦');
      const text = marked.replace('¦', '');
      for (let typed = Math.max(0, cursor - LETTERS); typed <= cursor; typed++) {
        const now = text.slice(0, typed) + text.slice(cursor);
        const began = performance.now();
        complete(now, typed, index);
        // The first rounds warm up.
        if (round >= 0) times.push(performance.now() - began);
      }
    }
  const beside = { ...spread(times), completions: times.length, tables: 5000, columns: 60_000 };
  report({ metric: 'completion on 5,000 tables, p50', unit: 'ms', value: round(quantile(times, 0.5)), beside });
  report({
    metric: 'completion on 5,000 tables, p95',
    unit: 'ms',
    value: round(quantile(times, 0.95)),
    budget: 50,
    beside,
  });
  const total = slices.reduce((sum, one) => sum + one, 0);
  report({
    metric: 'making the catalogue searchable, longest slice',
    unit: 'ms',
    value: round(quantile(slices, 1)),
    beside: { total_ms: round(total), slices: slices.length },
  });
}

function build(from: Catalogue): { readonly index: CatalogueIndex; readonly slices: readonly number[] } {
  const work = indexing(from);
  const slices: number[] = [];
  for (;;) {
    const began = performance.now();
    const step = work.next();
    slices.push(performance.now() - began);
    if (step.done === true) return { index: step.value, slices };
  }
}

function catalogue(): Catalogue {
  const functions = Array.from(
    { length: FUNCTIONS },
    (_, i): CatalogueFunction => ({
      schema: 'pg_catalog',
      name: `${['date', 'jsonb', 'array', 'pg_stat', 'text'][i % 5]}_${i.toString(36)}`,
      kind: 'function',
      arguments: ['text', 'integer'],
      result: 'text',
      set: i % 20 === 0,
      comment: 'What it does.',
      allowed: true,
    }),
  );
  return { searchPath: ['pg_catalog', 'public'], ...largeSchema(), functions, types: [] };
}
