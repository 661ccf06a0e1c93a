/**
 * The glass and its deadline together, as the app runs them: answers that come late, twice or of another request, naps of
 * the timer that are missed, a machine that sleeps, clocks that are set. A statement goes out only while this holds.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestView } from '../../shared/api.ts';
import type { GrantState } from '../../shared/grants.ts';
import type { Summary } from '../../shared/ipc.ts';
import { type Deadline, deadlineOf } from './deadline.ts';
import { type Event, type Glass, step } from './machine.ts';

const TOTAL = 60_000;
const HOUR = 3_600_000;
const person = { sub: 'amira', name: 'Amira Haddad', roles: ['engineer' as const] };
const options = { policy: 'p'.repeat(43), targets: [], overdue_reviews: 0 };
const ENDS = ['expired', 'handed_back', 'revoked', 'failed'];

interface App {
  glass: Glass;
  /** Of the grant that is open; a new one with each activation. */
  deadline: Deadline | null;
  opened: string | null;
  mono: number;
  wall: number;
  /** When the open grant was asked to be activated. */
  from: { mono: number; wall: number };
  /** Requests that have ended here. */
  readonly over: Set<string>;
  /** Requests whose credentials the collector has told. */
  readonly told: Set<string>;
  asked: number;
  sent: number;
}
const open = (): App => ({
  glass: { phase: 'locked', person, options, problem: null },
  deadline: null,
  opened: null,
  mono: 0,
  wall: 1_700_000_000_000,
  from: { mono: 0, wall: 0 },
  over: new Set(),
  told: new Set(),
  asked: 0,
  sent: 0,
});
const idOf = (n: number): string => `r${String(n).padStart(21, '0')}`;
const viewOf = (id: string, state: GrantState): RequestView =>
  // Cast: the machine reads only these fields of the view.
  ({ id, state, note: null, end_reason: ENDS.includes(state) ? state : null }) as RequestView;
const someId = (app: App, n: number): string => idOf(n % (app.asked + 1));

function tell(app: App, event: Event): void {
  const before = app.glass;
  const { glass, effects } = step(before, event);
  app.glass = glass;
  if (effects.includes('activate')) app.from = { mono: app.mono, wall: app.wall };
  if (glass.phase === 'live' && before.phase !== 'live') {
    const { mono, wall } = app.from;
    const clock = { mono: () => app.mono, wall: () => app.wall };
    app.deadline = deadlineOf(clock, { mono, wall, collectorNow: 5 * HOUR, expiresAt: 5 * HOUR + TOTAL });
    app.opened = glass.request.id;
    // No answer, whatever its age, opens what has ended.
    expect(app.over.has(glass.request.id)).toBe(false);
  }
  if (glass.phase === 'closing' && before.phase !== 'closing') app.over.add(glass.request.id);
}

/** The gate of main/grants/live.ts, and what may not be sent through it. */
function send(app: App): void {
  if (app.glass.phase !== 'live' || app.deadline === null || app.deadline.passed()) return;
  app.sent++;
  expect(app.over.has(app.glass.request.id)).toBe(false);
  expect(app.mono - app.from.mono).toBeLessThan(TOTAL);
  expect(app.wall - app.from.wall).toBeLessThan(TOTAL);
}
/** The timer's nap is over, or the machine woke up. */
function check(app: App): void {
  if (app.glass.phase === 'live' && app.deadline?.left() === 0) tell(app, { type: 'end', why: 'expired' });
}
const STATES: readonly GrantState[] = [
  'requested',
  'approved',
  'active',
  'expired',
  'handed_back',
  'revoked',
  'failed',
  'denied',
  'withdrawn',
  'lapsed',
];

/** What can happen, one line each, with how often it is drawn. A new event of the machine is one more line. */
const EVENTS: Readonly<Record<string, readonly [weight: number, (app: App, n: number) => void]>> = {
  send: [8, send],
  check: [4, check],
  tick: [4, (app, n) => pass(app, n % 20_000, n % 20_000)],
  // Linux stops its monotonic clock in a suspended machine.
  sleep: [1, (app, n) => pass(app, n % 100, (n % 100) * 60_000)],
  set: [2, (app, n) => pass(app, 0, (n - 5000) * 1000)],
  ask: [
    3,
    (app) =>
      app.glass.phase === 'locked' && tell(app, { type: 'request', request: viewOf(idOf(++app.asked), 'approved') }),
  ],
  news: [
    3,
    (app, n) => tell(app, { type: 'request', request: viewOf(someId(app, n), STATES[n % STATES.length] ?? 'active') }),
  ],
  opened: [4, (app, n) => opens(app, n % 3 === 0 ? someId(app, n) : idOf(app.asked))],
  openFailed: [1, (app) => tell(app, { type: 'open-failed', problem: { code: 'x', message: 'x', hint: null } })],
  handBack: [1, (app) => tell(app, { type: 'end', why: 'handed_back' })],
  expire: [1, (app) => tell(app, { type: 'end', why: 'expired' })],
  ended: [
    3,
    (app, n) =>
      tell(app, { type: 'ended', summary: { grant: n % 2 === 0 ? (app.opened ?? '') : someId(app, n) } as Summary }),
  ],
  dismiss: [3, (app) => tell(app, { type: 'dismiss' })],
  signOut: [1, (app) => tell(app, { type: 'sign-out' })],
  signIn: [1, (app) => tell(app, { type: 'sign-in' })],
  signedIn: [1, (app) => tell(app, { type: 'signed-in', person, options })],
  step: [1, (app) => tell(app, { type: 'step', step: 'x' })],
};
/** The collector tells the credentials of a grant once, whoever asks again; a lost answer is told to nobody. */
function opens(app: App, id: string): void {
  if (app.told.has(id)) return;
  if (app.glass.phase === 'activating') app.told.add(id);
  tell(app, { type: 'opened', request: viewOf(id, 'active') });
}
function pass(app: App, mono: number, wall: number): void {
  app.mono += mono;
  app.wall += wall;
}

const drawn = fc.oneof(
  ...Object.entries(EVENTS).map(([what, [weight]]) => ({
    weight,
    arbitrary: fc.tuple(fc.constant(what), fc.nat({ max: 9999 })),
  })),
);

describe('the whole glass', () => {
  it('sends nothing after the end, under any order of events, late answers, sleep and clock jumps (I3)', () => {
    let sent = 0;
    let opened = 0;
    fc.assert(
      fc.property(fc.array(drawn, { minLength: 20, maxLength: 150 }), (events) => {
        const app = open();
        for (const [what, n] of events) EVENTS[what]?.[1](app, n);
        sent += app.sent;
        opened += app.over.size;
        // A timer that comes at last ends what is past its time, and then there is no way back.
        pass(app, 2 * TOTAL, 2 * TOTAL);
        check(app);
        expect(app.glass.phase).not.toBe('live');
        const before = app.sent;
        pass(app, 0, -10 * HOUR);
        send(app);
        expect(app.sent).toBe(before);
      }),
      { numRuns: 3000 },
    );
    // It would prove nothing if nothing was ever sent, or nothing ever ended.
    expect([sent > 1000, opened > 1000]).toEqual([true, true]);
  });
});
