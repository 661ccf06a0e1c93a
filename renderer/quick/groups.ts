/** What the quick pick shows of each kind: the best of each, the kind with the best first. Pure. */
import { rankOf } from './rank.ts';

export const kinds = ['Open tab', 'Saved query', 'Table', 'Closed tab', 'Statement'] as const;
export type Kind = (typeof kinds)[number];

export interface Item {
  readonly key: string;
  readonly kind: Kind;
  readonly title: string;
  /** A second, quieter name: a folder, a schema. Found, too, if less well. */
  readonly detail: string;
  readonly open: () => void;
  /** Opens and runs it; absent where that means nothing. */
  readonly run?: () => void;
}
export interface Group {
  readonly kind: Kind;
  readonly items: readonly Item[];
}

/** Shown of one kind: while nothing is typed, and then. */
const AT_FIRST = 6;
const FOUND = 12;

/** `items` of one kind come in the order in which they are offered while nothing is typed. */
export function grouped(items: readonly Item[], typed: string): Group[] {
  const nothing = typed.trim() === '';
  const ranked = items.flatMap((item) => {
    const rank = rankOfItem(item, typed);
    return rank === null ? [] : [{ item, rank }];
  });
  const byKind = Map.groupBy(ranked, ({ item }) => item.kind);
  return kinds
    .flatMap((kind) => {
      const mine = byKind.get(kind) ?? [];
      if (mine.length === 0) return [];
      const best = nothing ? mine : mine.toSorted((a, b) => b.rank - a.rank);
      return [
        {
          kind,
          best: Math.floor(best[0]?.rank ?? 0),
          items: best.slice(0, nothing ? AT_FIRST : FOUND).map(({ item }) => item),
        },
      ];
    })
    .toSorted((a, b) => (nothing ? 0 : b.best - a.best))
    .map(({ kind, items: all }) => ({ kind, items: all }));
}

function rankOfItem({ kind, title, detail }: Item, typed: string): number | null {
  // In a long text some letters in that order are always found.
  const own = rankOf(title, typed, kind !== 'Statement');
  if (own !== null) return own;
  const both = detail === '' ? null : rankOf(`${detail} ${title}`, typed, false);
  return both === null ? null : Math.min(both, 2) - 0.5;
}
