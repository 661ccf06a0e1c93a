/**
 * What reading queries from elsewhere does: first said, then done by the same judgement, one after the other, so that two
 * of one name in a file meet each other as they would meet what is here. Pure.
 */
import type { ImportChoice, ImportEntry } from '../../shared/ipc-queries.ts';
import { freeName, MAX_NAME } from '../../shared/queries.ts';
import type { Found } from './bundle.ts';
import type { Written } from './front.ts';
import { placeOf, problemOf, sameContent } from './rules.ts';

/** What is here: by id. */
export type World = ReadonlyMap<string, Written>;
type Verdict =
  | { readonly status: 'new' }
  | { readonly status: 'same' }
  | { readonly status: 'taken'; readonly by: string }
  | { readonly status: 'refused'; readonly why: string };

class Places {
  readonly #ids = new Map<string, string>();
  readonly #queries: Map<string, Written>;
  constructor(world: World) {
    this.#queries = new Map(world);
    for (const [id, query] of world) this.#ids.set(placeOf(query), id);
  }
  judge(found: Found): Verdict {
    if (found.kind === 'wrong') return { status: 'refused', why: found.why };
    const why = problemOf(found.query);
    if (why !== null) return { status: 'refused', why };
    const by = this.#ids.get(placeOf(found.query));
    const there = by === undefined ? undefined : this.#queries.get(by);
    if (by === undefined || there === undefined) return { status: 'new' };
    return sameContent(there, found.query) ? { status: 'same' } : { status: 'taken', by };
  }
  put(id: string, query: Written): void {
    this.#ids.set(placeOf(query), id);
    this.#queries.set(id, query);
  }
  isTaken(query: Written, name: string): boolean {
    return this.#ids.has(placeOf({ name, folder: query.folder }));
  }
}

export function planOf(all: readonly Found[], world: World): ImportEntry[] {
  const places = new Places(world);
  return all.map((found, n) => {
    const verdict = places.judge(found);
    if (verdict.status === 'new' && found.kind === 'query') places.put(`import ${n}`, found.query);
    return {
      n,
      name: (found.kind === 'query' ? found.query.name : found.name).slice(0, MAX_NAME * 2),
      folder: found.kind === 'query' ? found.query.folder.join('/').slice(0, 1200) : '',
      status: verdict.status,
      why: verdict.status === 'refused' ? verdict.why : null,
      length: found.kind === 'query' ? found.query.text.length : 0,
    };
  });
}

/** The queries to write, by id; a replaced one keeps its id and the moment it was made. */
export function resultOf(
  all: readonly Found[],
  world: World,
  choices: ReadonlyMap<number, ImportChoice>,
  newId: () => string,
): { readonly queries: ReadonlyMap<string, Written>; readonly added: number; readonly replaced: number } {
  const places = new Places(world);
  const queries = new Map<string, Written>();
  let replaced = 0;
  const put = (id: string, query: Written) => {
    places.put(id, query);
    queries.set(id, query);
  };
  for (const [n, found] of all.entries()) {
    const verdict = places.judge(found);
    if (found.kind === 'wrong' || verdict.status === 'refused' || verdict.status === 'same') continue;
    const { query } = found;
    const choice = choices.get(n) ?? 'keep';
    if (verdict.status === 'new') put(newId(), query);
    else if (choice === 'keep')
      put(newId(), { ...query, name: freeName(query.name, (name) => places.isTaken(query, name)) });
    else if (choice === 'replace') {
      put(verdict.by, { ...query, created: world.get(verdict.by)?.created ?? query.created });
      if (world.has(verdict.by)) replaced++;
    }
  }
  return { queries, added: queries.size - replaced, replaced };
}
