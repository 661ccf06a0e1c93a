/**
 * The whole grant as a model: the real steps of activation, end, sweep and reaper over a store, a ledger and a target in
 * memory, two collectors side by side, any order of events, a collector killed at any await, a target that goes down,
 * clocks that jump. Whatever happens, nobody gets in after the end.
 */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ENDED } from './machine.ts';
import { MINUTES, openWorld, type Process, type World } from './model/world.ts';

vi.mock('./store.ts', () => import('./model/store.ts'));
// Signing runs on another thread, which would decide the order in place of the model.
vi.mock('./jws.ts', async (original) => ({
  ...(await original<object>()),
  signGrant: async () => 'jws',
  signElevation: async () => 'jws',
}));

const LONGEST = MINUTES * 60_000;
const MINUTE = 60_000;
interface Two {
  readonly world: World;
  readonly collectors: [Process, Process];
  /** One of the two. */
  readonly who: 0 | 1;
  readonly n: number;
}

/** What can happen, one line each, with how often it is drawn. A new event of the machine is one more line. */
const EVENTS: Readonly<Record<string, readonly [weight: number, (two: Two) => unknown]>> = {
  step: [24, ({ world, n }) => world.step(n)],
  ask: [2, ({ collectors, who, n }) => collectors[who].ask(n)],
  approve: [3, ({ collectors, who, n }) => collectors[who].move(n, 'approve')],
  deny: [1, ({ collectors, who, n }) => collectors[who].move(n, 'deny')],
  withdraw: [1, ({ collectors, who, n }) => collectors[who].move(n, 'withdraw')],
  activate: [4, ({ collectors, who, n }) => collectors[who].activate(n)],
  handBack: [1, ({ collectors, who, n }) => collectors[who].end(n, 'handed_back')],
  revoke: [1, ({ collectors, who, n }) => collectors[who].end(n, 'revoked')],
  elevate: [3, ({ collectors, who, n }) => collectors[who].elevate(n)],
  stopWriting: [1, ({ collectors, who, n }) => collectors[who].lower(n, 'handed_back')],
  revokeWriting: [1, ({ collectors, who, n }) => collectors[who].lower(n, 'revoked')],
  write: [4, ({ world, n }) => write(world, n)],
  sweep: [3, ({ collectors, who }) => collectors[who].sweep()],
  reap: [2, ({ collectors, who }) => collectors[who].reap()],
  quiet: [2, ({ world }) => world.quiet()],
  logIn: [4, ({ world, n }) => logIn(world, n)],
  // The straight way in, so that much of what is drawn happens while somebody is in.
  opens: [2, (two) => opens(two)],
  // Moments, up to more than any takeover, and up to more than the grant.
  moment: [2, ({ world, n }) => world.pass(n % 2000)],
  wait: [1, ({ world, n }) => world.pass((n % 40) * 1000)],
  long: [1, ({ world, n }) => world.pass((n % 12) * MINUTE)],
  jump: [1, ({ collectors, who, n }) => collectors[who].setClock(((n % 121) - 60) * MINUTE)],
  jumpBoth: [1, ({ collectors, n }) => collectors.map((one) => one.setClock(((n % 121) - 60) * MINUTE))],
  kill: [1, ({ world, collectors, who }) => kill(world, collectors, who)],
  down: [1, ({ world, n }) => world.setDown(n % 3 === 0)],
};

function kill(world: World, collectors: [Process, Process], who: 0 | 1): void {
  const { process } = collectors[who];
  process.alive = false;
  collectors[who] = world.start(process.skew);
}

function logIn(world: World, n: number): void {
  const before = world.told[n % Math.max(1, world.told.length)];
  if (!world.logIn(n) || before === undefined) return;
  const role = world.roles.get(before.role);
  // The ledger had everything before anybody got in, and not yet the end. (I3, I4)
  expect(world.recordsOf(before.grant)).toEqual(['request', 'decision', 'grant', 'activation']);
  expect(world.time - (role?.madeAt ?? 0)).toBeLessThan(LONGEST);
}

const count = (all: readonly string[], typ: string): number => all.filter((one) => one === typ).length;
let writes = 0;
/** Whoever can write has an elevation in the ledger whose end is not there yet. (I3, I4) */
function write(world: World, n: number): void {
  const grant = world.write(n);
  if (grant === null) return;
  writes++;
  const changes = world.changesOf(grant);
  expect(count(changes, 'elevation')).toBe(count(changes, 'change.end') + 1);
}

async function opens({ world, collectors, who, n }: Two): Promise<void> {
  collectors[who].ask(n);
  await world.quiet();
  const last = world.rows.size - 1;
  collectors[who].move(last, 'approve');
  await world.quiet();
  collectors[who].activate(last);
  await world.quiet();
  logIn(world, world.told.length - 1);
}

const ORDER = ['request', 'decision', 'grant', 'activation', 'revoked'];
function always(world: World): void {
  expect(world.defects).toEqual([]);
  for (const id of world.rows.keys()) {
    const records = world.recordsOf(id);
    // Each of them once, in this order; the decision of a lapse or a denial takes the place of what would have come.
    const ranks = records.map((typ) => ORDER.indexOf(typ));
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    for (const typ of ['grant', 'activation', 'revoked'])
      expect(records.filter((one) => one === typ).length).toBeLessThan(2);
  }
  for (const { grant, sessions } of world.roles.values())
    if (sessions.length > 0) expect(world.recordsOf(grant)).not.toContain('revoked');
  // The target is never told of an end that is later than what was asked for.
  for (const { madeAt, validUntil } of world.roles.values()) expect(validUntil - madeAt).toBeLessThanOrEqual(LONGEST);
  for (const id of world.rows.keys()) {
    const changes = world.changesOf(id);
    const open = count(changes, 'elevation') - count(changes, 'change.end');
    expect(open === 0 || open === 1).toBe(true);
  }
  for (const { grant } of world.told) expect(world.recordsOf(grant)).toContain('activation');
}

/** Two collectors that live, and a target that answers: everything there is to do is done. */
async function settle(world: World, collectors: readonly Process[], rounds: number, stepMs: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    world.pass(stepMs);
    for (const collector of collectors) {
      collector.sweep();
      collector.reap();
    }
    await world.quiet();
  }
}

const drawn = fc.oneof(
  ...Object.entries(EVENTS).map(([what, [weight]]) => ({
    weight,
    arbitrary: fc.record({ what: fc.constant(what), who: fc.constantFrom<0 | 1>(0, 1), n: fc.nat({ max: 9999 }) }),
  })),
);
const RUNS = Number(process.env.VITRINE_MODEL_RUNS ?? 600);

describe('the whole grant, on two collectors', () => {
  it(
    'gives no access after its end, under any order of events, crashes and clock jumps (I3, I4)',
    async () => {
      let opened = 0;
      let killed = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(drawn, { minLength: 40, maxLength: 220 }), async (events) => {
          const world = openWorld();
          const collectors: [Process, Process] = [world.start(), world.start()];
          for (const { what, who, n } of events) {
            await EVENTS[what]?.[1]({ world, collectors, who, n });
            always(world);
            if (what === 'kill') killed++;
          }
          opened += world.told.length;
          world.setDown(false);
          // Whatever the collectors' clocks say: the target's own clock ends what is past its time.
          await settle(world, collectors, 3, LONGEST);
          always(world);
          for (const { sessions, validUntil } of world.roles.values())
            if (sessions.length > 0) expect(world.time - validUntil).toBeLessThan(LONGEST);
          // Clocks are set right: nothing is left anywhere, and everything is on the record.
          for (const collector of collectors) collector.setClock(0);
          await settle(world, collectors, 30, 2 * MINUTE);
          always(world);
          expect([...world.roles.keys()]).toEqual([]);
          for (const { grant } of world.rows.values()) expect(ENDED).toContain(grant.phase);
          for (const id of world.rows.keys()) {
            const records = world.recordsOf(id);
            expect(records.includes('revoked')).toBe(records.includes('grant'));
            const changes = world.changesOf(id);
            expect(count(changes, 'change.end')).toBe(count(changes, 'elevation'));
          }
          expect([0, 1, 2, 3].some((n) => world.logIn(n))).toBe(false);
        }),
        { numRuns: RUNS },
      );
      // The model would prove nothing if nobody ever got in, or nobody ever died.
      expect(opened).toBeGreaterThan(RUNS / 10);
      expect(killed).toBeGreaterThan(RUNS / 10);
      expect(writes).toBeGreaterThan(RUNS / 20);
    },
    10 * MINUTE,
  );
});
