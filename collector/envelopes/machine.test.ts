import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asked, type Envelope, type EnvelopeEvent, next, type Phase } from './machine.ts';

const person = (sub: string) => ({ sub, name: sub, idt: null });
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const T0 = Date.parse('2026-11-23T14:00:00.000Z');

const fresh = (): Envelope =>
  asked({
    id: 'A'.repeat(22),
    holder: person('amira'),
    jkt: 'J'.repeat(43),
    target: { id: 'orders', label: 'Orders', environment: 'production' },
    scope: { id: 'read', label: 'Read', mode: 'read', tables: [{ schema: 's', table: 't', select: '*' }] },
    severity: 'SEV1',
    minutes: 15,
    days: 7,
    // Not looked at by the machine.
    limits: {} as Envelope['limits'],
    reviewHours: 24,
    policy: 'P'.repeat(43),
    reason: 'For the day when nothing answers',
    askedBy: person('lina'),
    askedAt: T0,
  }).envelope;

const seal = { role: 'vitrine_aaaaaaaa', until: T0 + 7 * DAY, jws: 'a.b.c' };
const EVENTS = {
  confirm: { type: 'confirm', at: T0 + MINUTE, by: person('ingrid'), seal },
  sealed: { type: 'sealed', at: T0 + 2 * MINUTE, tables: 1 },
  fail: { type: 'fail', at: T0 + 2 * MINUTE },
  withdraw: { type: 'withdraw', at: T0 + 3 * MINUTE, by: person('lina'), reason: 'laptop lost' },
  expire: { type: 'expire', at: T0 + 7 * DAY },
  lapse: { type: 'lapse', at: T0 + DAY },
  seen: { type: 'seen', at: T0 + 5 * MINUTE },
  overrun: { type: 'overrun', at: T0 + 6 * DAY },
  opened: { type: 'opened', at: T0 + 4 * MINUTE, heardAt: T0 + 60 * MINUTE, oid: 'o1' },
} as const satisfies Record<string, EnvelopeEvent>;
type Name = keyof typeof EVENTS;
type Main = Exclude<Name, 'seen' | 'overrun'>;

function walk(...names: Name[]): Envelope {
  return names.reduce((envelope, name) => {
    const step = next(envelope, EVENTS[name]);
    if (step.kind !== 'moved') throw new Error(`${name} is ${step.kind} when ${envelope.phase}`);
    return step.envelope;
  }, fresh());
}
const WAYS: Readonly<Record<Phase, readonly Name[]>> = {
  asked: [],
  sealing: ['confirm'],
  sealed: ['confirm', 'sealed'],
  opened: ['confirm', 'sealed', 'opened'],
  withdrawn: ['confirm', 'sealed', 'withdraw'],
  expired: ['confirm', 'sealed', 'expire'],
  lapsed: ['lapse'],
  failed: ['confirm', 'fail'],
};

describe('the life of an envelope', () => {
  // What each event makes of each phase; a dash: nothing, or a refusal.
  const TABLE: readonly [Phase, Readonly<Record<Main, Phase | '-'>>][] = [
    [
      'asked',
      { confirm: 'sealing', sealed: '-', fail: '-', withdraw: 'withdrawn', expire: '-', lapse: 'lapsed', opened: '-' },
    ],
    [
      'sealing',
      {
        confirm: '-',
        sealed: 'sealed',
        fail: 'failed',
        withdraw: 'withdrawn',
        expire: '-',
        lapse: '-',
        opened: 'opened',
      },
    ],
    [
      'sealed',
      { confirm: '-', sealed: '-', fail: '-', withdraw: 'withdrawn', expire: 'expired', lapse: '-', opened: 'opened' },
    ],
    ['opened', { confirm: '-', sealed: '-', fail: '-', withdraw: '-', expire: '-', lapse: '-', opened: '-' }],
    [
      'withdrawn',
      { confirm: '-', sealed: '-', fail: '-', withdraw: '-', expire: '-', lapse: '-', opened: 'withdrawn' },
    ],
    ['expired', { confirm: '-', sealed: '-', fail: '-', withdraw: '-', expire: '-', lapse: '-', opened: 'expired' }],
    ['lapsed', { confirm: '-', sealed: '-', fail: '-', withdraw: '-', expire: '-', lapse: '-', opened: '-' }],
    ['failed', { confirm: '-', sealed: '-', fail: '-', withdraw: '-', expire: '-', lapse: '-', opened: 'failed' }],
  ];
  for (const [phase, row] of TABLE)
    it(`goes where the table says from ${phase}`, () => {
      const from = walk(...WAYS[phase]);
      expect(from.phase).toBe(phase);
      for (const [name, to] of Object.entries(row) as [Main, Phase | '-'][]) {
        const step = next(from, EVENTS[name]);
        expect([name, step.kind === 'moved' ? step.envelope.phase : '-']).toEqual([name, to]);
      }
    });

  it('wants two people, neither of them who will hold it', () => {
    const own = next(fresh(), { ...EVENTS.confirm, by: person('amira') });
    expect(own).toMatchObject({ kind: 'refused', code: 'own_envelope' });
    const twice = next(fresh(), { ...EVENTS.confirm, by: person('lina') });
    expect(twice).toMatchObject({ kind: 'refused', code: 'already_confirmed' });
    const late = next(fresh(), { ...EVENTS.confirm, at: T0 + DAY });
    expect(late).toMatchObject({ kind: 'refused', code: 'too_late' });
  });

  it('puts a login that nobody told of on record once, and ends with its minutes (I3, I5)', () => {
    const used = next(walk('confirm', 'sealed'), EVENTS.seen);
    if (used.kind !== 'moved') throw new Error(used.kind);
    expect(used.records).toMatchObject([{ typ: 'alert', kind: 'envelope_untold' }]);
    expect(next(used.envelope, EVENTS.seen).kind).toBe('same');
    const at = EVENTS.seen.at + 16 * MINUTE;
    expect(next(used.envelope, { type: 'overrun', at: at - 1 }).kind).toBe('same');
    expect(next(used.envelope, { type: 'overrun', at })).toMatchObject({ envelope: { phase: 'expired' } });
    // Told in the end, by an app that could not reach the collector: an opening like any other.
    expect(next(used.envelope, EVENTS.opened)).toMatchObject({ envelope: { phase: 'opened' } });
    expect(next(walk('confirm', 'sealed'), EVENTS.overrun).kind).toBe('same');
    expect(next(fresh(), EVENTS.seen).kind).toBe('same');
  });

  it('keeps a second opening and one after the end, and names them (I5)', () => {
    const second = next(walk('confirm', 'sealed', 'opened'), { ...EVENTS.opened, oid: 'o2' });
    expect(second).toMatchObject({ kind: 'moved', records: [{ typ: 'alert', kind: 'envelope_twice' }] });
    expect(next(walk('confirm', 'sealed', 'opened'), EVENTS.opened).kind).toBe('same');
    const late = next(walk('confirm', 'sealed', 'expire'), { ...EVENTS.opened, at: T0 + 8 * DAY });
    expect(late).toMatchObject({ kind: 'moved', records: [{ typ: 'alert', kind: 'envelope_late' }] });
    // Opened in time, heard of after it was withdrawn: no alert, and it stays withdrawn.
    const intime = next(walk('confirm', 'sealed', 'withdraw'), { ...EVENTS.opened, at: T0 + 2.5 * MINUTE });
    expect(intime).toMatchObject({ kind: 'moved', envelope: { phase: 'withdrawn' }, records: [] });
  });

  it('is sealed once, rotated at most once, and never opens after its end, whatever happens (I3)', () => {
    const event = fc.oneof(
      fc.constantFrom<EnvelopeEvent>(...Object.values(EVENTS), { type: 'clean' }),
      fc.record({
        type: fc.constant('opened' as const),
        at: fc.integer({ min: T0, max: T0 + 9 * DAY }),
        heardAt: fc.integer({ min: T0, max: T0 + 9 * DAY }),
        oid: fc.constantFrom('o1', 'o2', 'o3'),
      }),
      fc
        .constantFrom('amira', 'lina', 'ingrid', 'noor')
        .map((sub): EnvelopeEvent => ({ type: 'confirm', at: T0 + MINUTE, by: person(sub), seal })),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        let envelope = fresh();
        const typs: string[] = [];
        for (const one of events) {
          const before = envelope;
          const step = next(envelope, one);
          if (step.kind !== 'moved') continue;
          envelope = step.envelope;
          for (const record of step.records) typs.push(record.typ === 'envelope.ended' ? record.why : record.typ);
          if (envelope.phase === 'opened' && before.phase !== 'opened')
            expect(['sealing', 'sealed']).toContain(before.phase);
          // An end is final, and what was opened stays opened.
          if (before.end !== null) expect(envelope.phase).toBe(before.phase);
          if (before.opened !== null) expect(envelope.opened?.at).toBe(before.opened.at);
        }
        expect(typs.filter((typ) => typ === 'grant').length).toBeLessThanOrEqual(1);
        expect(typs.filter((typ) => typ === 'rotated').length).toBeLessThanOrEqual(1);
        const ends = ['rotated', 'withdrawn', 'expired', 'lapsed', 'failed'];
        expect(typs.filter((typ) => ends.includes(typ)).length).toBeLessThanOrEqual(1);
        if (typs.includes('grant')) {
          expect(new Set(envelope.confirmations.map(({ sub }) => sub)).size).toBe(2);
          expect(envelope.confirmations.some(({ sub }) => sub === 'amira')).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});
