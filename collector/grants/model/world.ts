/**
 * A world for the model of the whole grant: one store and one ledger, one target with roles and sessions, and collectors
 * that run the real code of this room over them. Every await of theirs is a point: the model decides who goes on next, and
 * who never does, because their collector was killed there.
 */
import { Fault } from '../../../shared/errors.ts';
import type { NewCollectorRecord } from '../../ledger/index.ts';
import { ProblemError } from '../../server/problem.ts';
import { reap } from '../../targets/reaper.ts';
import { limits, on, scopeOf } from '../../targets/testing.ts';
import { openActivation } from '../activation.ts';
import type { ChangeEvent } from '../change.ts';
import { openChanges } from '../changes.ts';
import { openEndings } from '../ending.ts';
import { openFlows } from '../flows.ts';
import { opened } from '../machine.ts';
import { HORIZON_MS, openSettle } from '../scheduler.ts';
import { openWaiting } from '../waiting.ts';
import { liveRoles, type MemoryStore, pending } from './store.ts';

const T0 = Date.parse('2026-11-23T14:00:00.000Z');
const MINUTE = 60_000;
export const MINUTES = 10;
const POLICY = 'p'.repeat(43);
const amira = { sub: 'amira', name: 'Amira Haddad', idt: null };
const lina = { sub: 'lina', name: 'Li Na', idt: null };

interface Role {
  readonly grant: string;
  readonly madeAt: number;
  validUntil: number;
  mayLogIn: boolean;
  /** When each session was opened. */
  sessions: number[];
  /** It was elevated; and how many transactions have written and are open. */
  writes: boolean;
  writing: number;
}
export type World = ReturnType<typeof openWorld>;
export type Process = ReturnType<World['start']>;

class Down extends Error {}

export function openWorld() {
  const rows: MemoryStore['rows'] = new Map();
  const roles = new Map<string, Role>();
  const ledger: NewCollectorRecord[] = [];
  /** What people were told: the credentials of a role, and of which grant. */
  const told: { readonly grant: string; readonly role: string }[] = [];
  const defects: unknown[] = [];
  let asked = 0;
  let waiting: (() => void)[] = [];
  const world = {
    rows,
    roles,
    ledger,
    told,
    defects,
    /** True time: of the target, and of everybody whose clock is right. */
    time: T0,
    targetIsDown: false,

    start(skew = 0) {
      const process = { alive: true, skew };
      const point = (): Promise<void> =>
        new Promise((go) => {
          // What a killed process waits for never comes.
          waiting.push(() => process.alive && go());
        });
      const reachable = async (): Promise<void> => {
        await point();
        if (world.targetIsDown) throw new Down('connect ECONNREFUSED');
      };
      const store = {
        rows,
        point,
        transaction: () => ({
          async execute(work: (tx: MemoryStore) => Promise<void>) {
            await point();
            await work(store);
            await point();
          },
        }),
      };
      const now = (): Date => new Date(world.time + process.skew);
      const deps = {
        store,
        now,
        log: { info() {}, warn() {}, error() {} },
        config: { publicUrl: 'https://collector.test' },
        keys: { grant: {} },
        policy: {
          current: () => ({
            hash: POLICY,
            targets: new Map([['orders', { label: 'Orders', host: 'db', port: 1, database: 'shop', tls: {} }]]),
          }),
        },
        notify: { tell: async () => {}, wake() {} },
        ledger: {
          async append(records: readonly NewCollectorRecord[], within: (tx: MemoryStore) => Promise<void>) {
            await point();
            // One transaction: nobody sees a part of it.
            await within(store);
            ledger.push(...records);
            await point();
          },
        },
        targets: {
          async createRole(_target: string, role: { name: string; grant: string; remainingMs(): number }) {
            await reachable();
            const madeAt = world.time;
            const remaining = role.remainingMs();
            if (remaining <= 0) throw new Fault('after_deadline', 'too late');
            await reachable();
            const validUntil = madeAt + remaining;
            roles.set(role.name, {
              grant: role.grant,
              madeAt,
              validUntil,
              mayLogIn: true,
              sessions: [],
              writes: false,
              writing: 0,
            });
            await point();
            return { name: role.name, tables: 1, validUntil: new Date(validUntil), warnings: [] };
          },
          async elevateRole(_target: string, { name }: { name: string }) {
            await reachable();
            const role = roles.get(name);
            if (role === undefined) throw new Fault('role_gone', 'gone');
            role.writes = true;
            await point();
            return { tables: 1, warnings: [] };
          },
          async lowerRole(_target: string, { name }: { name: string }) {
            await reachable();
            const role = roles.get(name);
            if (role === undefined) return { existed: false, terminated: 0 };
            role.writes = false;
            await reachable();
            const terminated = role.writing;
            role.writing = 0;
            await point();
            return { existed: true, terminated };
          },
          async endRole(_target: string, name: string) {
            await reachable();
            const role = roles.get(name);
            if (role === undefined) return { existed: false, terminated: 0 };
            role.mayLogIn = false;
            role.validUntil = Number.NEGATIVE_INFINITY;
            await reachable();
            const terminated = role.sessions.length;
            role.sessions = [];
            role.writing = 0;
            await reachable();
            roles.delete(name);
            await point();
            return { existed: true, terminated };
          },
          async roles() {
            await reachable();
            return [...roles].map(([name, { grant, validUntil }]) => ({
              name,
              grant,
              overdueMs: Number.isFinite(validUntil) ? Math.max(0, world.time - validUntil) : 0,
            }));
          },
        },
      };
      // The parts that the room's code uses of its real dependencies, and nothing else of them.
      const flows = openFlows(deps as never, openWaiting());
      const endings = openEndings({ ...deps, flows } as never);
      const activate = openActivation({ ...deps, flows, endings } as never);
      const changes = openChanges({ ...deps, flows, endings } as never);
      /** What a person or a timer sets going: it fails as it may, but never for a defect. */
      const goes = (work: Promise<unknown>): void => {
        work.catch((error: unknown) => {
          if (!(error instanceof ProblemError || error instanceof Fault || error instanceof Down)) defects.push(error);
        });
      };
      const fire = (act: 'expire' | 'change', id: string, at: number): void => {
        if (at >= now().getTime()) return;
        goes(act === 'expire' ? endings.expire(id) : changes.settle(id));
      };
      const settle = openSettle({ flows, endings }, fire);
      const grantOf = (n: number): string => [...rows.keys()][n % Math.max(1, rows.size)] ?? 'none';
      return {
        process,
        setClock(skew: number): void {
          process.skew = skew;
        },
        ask: (n: number) => goes(flows.add(...newGrant(`grant-${++asked}`, now().getTime(), n % 2 === 0))),
        move: (n: number, type: 'approve' | 'deny' | 'withdraw') => {
          const by = type === 'withdraw' ? amira : lina;
          goes(flows.move(grantOf(n), { type, at: flows.now(), by, note: null }));
        },
        activate: (n: number) =>
          goes(
            activate(grantOf(n), amira as never, { jkt: 'jkt' } as never).then(({ connection }) => {
              told.push({ grant: roles.get(connection.user)?.grant ?? grantOf(n), role: connection.user });
            }),
          ),
        elevate: (n: number) => {
          const [grant, id] = [grantOf(n), `change-${++asked}`];
          const made = flows.move(grant, elevationOf(id, now().getTime())).then(() => changes.make(grant, id));
          goes(made);
        },
        lower: (n: number, why: 'handed_back' | 'revoked') => {
          const change = rows.get(grantOf(n))?.grant.changes?.at(-1)?.id ?? 'none';
          goes(changes.end(grantOf(n), change, why, amira));
        },
        end: (n: number, why: 'handed_back' | 'revoked') => goes(endings.end(grantOf(n), why, amira)),
        sweep: () =>
          goes(
            point()
              .then(() => pending(store, new Date(now().getTime() + HORIZON_MS)))
              .then((due) => Promise.all(due.map(settle))),
          ),
        reap: () =>
          goes(
            reap('orders', {
              targets: deps.targets,
              targetIds: () => ['orders'],
              async liveOf(names) {
                await point();
                return liveRoles(store, names);
              },
              onStray: () => {},
              onTrouble: () => {},
            }),
          ),
      };
    },

    pass(ms: number): void {
      world.time += ms;
    },
    setDown(down: boolean): void {
      world.targetIsDown = down;
    },
    /** Whoever was told credentials tries them. Answers whether that opened a session. */
    logIn(n: number): boolean {
      const credentials = told[n % Math.max(1, told.length)];
      const role = credentials && roles.get(credentials.role);
      if (role === undefined || !role.mayLogIn || world.time >= role.validUntil) return false;
      role.sessions.push(world.time);
      return true;
    },
    /** Somebody who is in writes, where the target lets them; answers with the grant of that role. */
    write(n: number): string | null {
      const all = [...roles.values()];
      const role = all[n % Math.max(1, all.length)];
      if (role === undefined || !role.writes || role.sessions.length === 0) return null;
      role.writing++;
      return role.grant;
    },
    /** Lets one who waits go on, and whatever follows until the next point. False when nobody waits. */
    async step(n: number): Promise<boolean> {
      const next = waiting[n % Math.max(1, waiting.length)];
      if (next === undefined) return false;
      waiting = waiting.filter((one) => one !== next);
      next();
      await new Promise(setImmediate);
      return true;
    },
    async quiet(): Promise<void> {
      while (await world.step(0)) await undefined;
    },
    /** Of the grant itself. */
    recordsOf: (grant: string): string[] =>
      ledger
        .filter((record) => record.gid === grant && !('of' in record) && record.typ !== 'change')
        .map(({ typ }) => typ),
    /** Of changes of the grant. */
    changesOf: (grant: string): string[] =>
      ledger.filter((record) => record.gid === grant && 'of' in record).map(({ typ }) => typ),
  };
  return world;
}

function newGrant(id: string, createdAt: number, alone: boolean) {
  const { grant, records } = opened({
    id,
    by: amira,
    jkt: 'jkt',
    target: { id: 'orders', label: 'Orders', environment: 'production' },
    scope: scopeOf('read', on('orders', { select: '*' })),
    severity: 'SEV1',
    ticket: 'INC-1',
    reason: 'a reason to look',
    minutes: MINUTES,
    alone,
    limits,
    policy: POLICY,
    approvalsNeeded: alone ? 0 : 1,
    reviewHours: 24,
    requestMinutes: 30,
    activateMinutes: 15,
    createdAt: Math.floor(createdAt / MINUTE) * MINUTE,
  });
  return [grant, records] as const;
}

const elevationOf = (id: string, at: number): ChangeEvent => ({
  type: 'change',
  at,
  mostExtensions: 0,
  change: {
    id,
    kind: 'elevate',
    by: amira,
    minutes: 3,
    reason: 'it has to go on',
    scope: scopeOf('write', on('orders', { update: '*' })),
    alone: true,
    policy: POLICY,
    requirements: [],
    lapsesAt: at + 30 * MINUTE,
  },
});
