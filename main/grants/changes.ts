/**
 * What becomes of a live grant while it is held: its deadline moves, it may write for some minutes. Nothing that the
 * collector says counts before its signature was checked; the end of an elevation is this machine's own to keep. (I3, I6)
 */
import type { RequestView } from '../../shared/api.ts';
import type { ChangeView, ElevationClaims } from '../../shared/api-change.ts';
import type { GrantClaims, Mode, Scope } from '../../shared/grants.ts';
import { writtenTables } from '../../shared/narrow.ts';
import type { Clock } from '../clock.ts';
import { type Activated, type Deadline, deadlineOf } from './deadline.ts';
import { type Expected, verifyElevation, verifyGrant } from './grant-token.ts';

export interface Elevation {
  readonly id: string;
  /** Names of tables that it writes to. */
  readonly tables: readonly string[];
  /** By the collector's clock, ms since the epoch. */
  readonly until: number;
  readonly deadline: Deadline;
}

/** News for the person, in their words; `elevated` and `lowered` are also something to do. */
export type ChangeNews =
  | { readonly kind: 'extended'; readonly until: number }
  | { readonly kind: 'elevated'; readonly elevation: Elevation }
  | { readonly kind: 'lowered'; readonly why: NonNullable<ChangeView['ended']>['why']; readonly by: string | null }
  | { readonly kind: 'answered'; readonly change: ChangeView };

export interface LiveChangesParts {
  readonly clock: Clock;
  /** Null: the grant cannot be changed. */
  readonly expected: Expected | null;
  readonly claims: GrantClaims;
  readonly activated: Activated;
  readonly deadline: Deadline;
  readonly onNews: (news: ChangeNews) => void;
  /** A signature did not check out. */
  readonly onFault: (error: unknown) => void;
}

export class LiveChanges {
  readonly #parts: LiveChangesParts;
  #elevation: (Elevation & { readonly claims: ElevationClaims }) | null = null;
  /** State of each change as it was last heard. */
  readonly #heard = new Map<string, ChangeView['state']>();
  #open: readonly ChangeView[] = [];

  constructor(parts: LiveChangesParts) {
    this.#parts = parts;
  }

  /** In force now; null once its time is over, whatever the collector says. */
  get elevation(): Elevation | null {
    return this.#elevation?.deadline.passed() === false ? this.#elevation : null;
  }
  /** Changes that wait for an approval. */
  get waiting(): readonly ChangeView[] {
    return this.#open;
  }
  get mode(): Mode {
    return this.elevation === null ? this.#parts.claims.scope.mode : 'write';
  }
  /** What can be done now: the grant's scope, and what an elevation adds. */
  get scope(): Scope {
    const { scope } = this.#parts.claims;
    const added = this.elevation === null ? null : this.#elevation?.claims.scope;
    return added ? { ...scope, mode: 'write', tables: [...scope.tables, ...added.tables] } : scope;
  }

  /** What the collector says of the grant now. */
  async heard({ changes = [] }: RequestView): Promise<void> {
    this.#open = changes.filter(({ state }) => state === 'asked' || state === 'approved');
    for (const change of changes) {
      if (this.#heard.get(change.id) === change.state) continue;
      const first = !this.#heard.has(change.id);
      this.#heard.set(change.id, change.state);
      try {
        await this.#changed(change, first);
      } catch (error) {
        this.#parts.onFault(error);
      }
    }
  }

  /** The elevation's time may be over. Called often. */
  check(): void {
    if (this.#elevation?.deadline.passed() === true) this.#lower('expired', null);
  }

  async #changed(change: ChangeView, first: boolean): Promise<void> {
    const { state, kind, jws, ended } = change;
    if (state === 'made' && kind === 'extend' && jws !== null) return this.#extend(jws);
    if (state === 'in_force' && jws !== null) return this.#elevate(change, jws);
    if (state === 'over' && this.#elevation?.id === change.id)
      return this.#lower(ended?.why ?? 'revoked', ended?.by ?? null);
    // What was decided before this window heard of it is no news.
    if (!first && (state === 'denied' || state === 'lapsed' || state === 'failed'))
      this.#parts.onNews({ kind: 'answered', change });
  }

  async #extend(jws: string): Promise<void> {
    const { expected, deadline, onNews } = this.#parts;
    if (expected === null) return;
    const { exp } = await verifyGrant(jws, expected);
    if (deadline.extend(exp * 1000)) onNews({ kind: 'extended', until: exp * 1000 });
  }

  async #elevate(change: ChangeView, jws: string): Promise<void> {
    const { expected, claims: grant, clock, activated, onNews } = this.#parts;
    if (expected === null) return;
    const claims = await verifyElevation(jws, { ...expected, changeId: change.id, target: grant.target.id });
    const deadline = deadlineOf(clock, { ...activated, expiresAt: claims.exp * 1000 });
    if (deadline.passed()) return;
    const tables = writtenTables(claims.scope);
    this.#elevation = { id: change.id, tables, until: claims.exp * 1000, deadline, claims };
    onNews({ kind: 'elevated', elevation: this.#elevation });
  }

  #lower(why: NonNullable<ChangeView['ended']>['why'], by: string | null): void {
    this.#elevation = null;
    this.#parts.onNews({ kind: 'lowered', why, by });
  }
}
