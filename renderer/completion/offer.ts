/** What may be chosen, and how near it stands to the top. */
import { fitOf, NO_FIT } from './fit.ts';

export type ItemKind =
  | 'column'
  | 'table'
  | 'view'
  | 'join'
  | 'alias'
  | 'function'
  | 'keyword'
  | 'schema'
  | 'type'
  | 'snippet';

export interface Item {
  readonly label: string;
  readonly kind: ItemKind;
  readonly insert: string;
  /** `insert` has places to fill in, as editors write them. */
  readonly snippet: boolean;
  /** Beside the label, short. */
  readonly detail: string;
  /** The comment in the database. */
  readonly about: string | null;
  /** By the grant. */
  readonly allowed: boolean;
}

export interface Offer {
  /** The least comes first. */
  readonly rank: number;
  /** Made only for what is shown. */
  readonly item: () => Item;
}

/** What comes first among those that fit alike. */
export const WEIGHT = {
  first: 0,
  column: 2,
  output: 1,
  common: 3,
  alias: 8,
  table: 10,
  outer: 12,
  usualFunction: 20,
  keyword: 25,
  anyColumn: 27,
  schema: 30,
  function: 40,
} as const;

const TIER = 100;
const SYSTEM = 1.5 * TIER;
const FORBIDDEN = 1000;

export interface Standing {
  readonly weight: number;
  readonly allowed?: boolean;
  readonly system?: boolean;
  /** Among its like: position or length, 0 to 999. */
  readonly order?: number;
}

/** `how` is a {@link fitOf}. What the grant does not allow comes last, unless exactly that is typed. */
export function rankOf(how: number, { weight, allowed = true, system = false, order = 0 }: Standing): number {
  return (
    how * TIER + weight + Math.min(order, 999) / 1000 + (system ? SYSTEM : 0) + (allowed || how === 0 ? 0 : FORBIDDEN)
  );
}

/** An offer where the name fits, else none. */
export function* offer(name: string, typed: string, standing: Standing, item: () => Item): Generator<Offer> {
  const how = fitOf(name.toLowerCase(), typed.toLowerCase());
  if (how !== NO_FIT) yield { rank: rankOf(how, standing), item };
}

export const NOT_ALLOWED = 'not in this grant';
