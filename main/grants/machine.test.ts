import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestView } from '../../shared/api.ts';
import type { GrantState } from '../../shared/grants.ts';
import type { Summary } from '../../shared/ipc.ts';
import { type Event, type Glass, step } from './machine.ts';

const person = { sub: 'amira', name: 'Amira Haddad', roles: ['engineer' as const] };
const options = { policy: 'p'.repeat(43), targets: [], overdue_reviews: 0 };
const request = (state: GrantState, id = 'A'.repeat(22)) =>
  // Cast: the machine reads only these fields of the view.
  ({
    id,
    state,
    note: null,
    end_reason: ['expired', 'handed_back', 'revoked', 'failed'].includes(state) ? state : null,
  }) as RequestView;
const summary = (grant = 'A'.repeat(22)) => ({ grant }) as Summary;
const locked: Glass = { phase: 'locked', person, options, problem: null };
const run = (glass: Glass, ...events: Event[]): Glass => events.reduce((now, event) => step(now, event).glass, glass);

describe('the life of the glass', () => {
  it('opens at once when the request comes back approved (break glass)', () => {
    const { glass, effects } = step(locked, { type: 'request', request: request('approved') });
    expect(glass.phase).toBe('activating');
    expect(effects).toEqual(['activate']);
  });

  it('waits for an approver, then opens', () => {
    const waiting = step(locked, { type: 'request', request: request('requested') });
    expect(waiting.glass.phase).toBe('waiting');
    expect(waiting.effects).toEqual(['watch']);
    expect(run(waiting.glass, { type: 'request', request: request('approved') }).phase).toBe('activating');
  });

  it.each(['denied', 'lapsed'] as const)('goes back to the form and says so when the request is %s', (state) => {
    const glass = run(
      locked,
      { type: 'request', request: request('requested') },
      { type: 'request', request: request(state) },
    );
    expect(glass).toMatchObject({ phase: 'locked', problem: { code: state } });
  });

  it('closes when the collector says that the grant was revoked (I3)', () => {
    const live: Glass = { phase: 'live', person, options, request: request('active') };
    const { glass, effects } = step(live, { type: 'request', request: request('revoked') });
    expect(glass).toMatchObject({ phase: 'closing', why: 'revoked' });
    expect(effects).toEqual(['close']);
  });

  it('ignores news of another request', () => {
    const waiting = run(locked, { type: 'request', request: request('requested') });
    expect(run(waiting, { type: 'request', request: request('approved', 'B'.repeat(22)) })).toBe(waiting);
  });

  it('opens an envelope while the glass is closed and nothing is being opened, and never over a live grant (I3)', () => {
    const offline = { ...request('approved', 'E'.repeat(22)), offline: true };
    const event: Event = { type: 'envelope-opened', person, options, request: offline };
    const closed: Glass[] = [
      { phase: 'starting', problem: null },
      { phase: 'signed-out', problem: null },
      locked,
      { phase: 'waiting', person, options, request: request('requested') },
    ];
    for (const glass of closed)
      expect(step(glass, event)).toMatchObject({ glass: { phase: 'activating' }, effects: ['activate'] });
    const others: Glass[] = [
      { phase: 'key', key: 'unlock', problem: null },
      { phase: 'signing-in' },
      { phase: 'live', person, options, request: request('active') },
      { phase: 'closing', person, options, request: request('active'), why: 'expired' },
      { phase: 'closed', person, options, summary: summary() },
    ];
    for (const glass of others) expect(step(glass, event)).toEqual({ glass, effects: [] });
  });

  it('looks for the collector again after an envelope, because nobody is signed in', () => {
    const offline = { ...request('active'), offline: true };
    const glass: Glass = { phase: 'live', person, options, request: offline };
    const ended = run(glass, { type: 'end', why: 'handed_back' }, { type: 'ended', summary: summary() });
    expect(ended).toMatchObject({ phase: 'closed', offline: true });
    expect(step(ended, { type: 'dismiss' })).toEqual({
      glass: { phase: 'starting', problem: null },
      effects: ['start'],
    });
    const failed = step(
      { phase: 'activating', person, options, request: offline, step: 'x' },
      { type: 'open-failed', problem: { code: 'x', message: 'x', hint: null } },
    );
    expect(failed).toMatchObject({ glass: { phase: 'starting', problem: { code: 'x' } }, effects: ['start'] });
  });

  it('never opens an ended grant again, under any order of events (I3)', () => {
    const event = fc.oneof(
      fc.constantFrom<Event>(
        { type: 'sign-in' },
        { type: 'signed-in', person, options },
        { type: 'sign-in-failed', problem: null },
        { type: 'sign-out' },
        { type: 'key-ready' },
        { type: 'opened', request: request('active') },
        { type: 'open-failed', problem: { code: 'x', message: 'x', hint: null } },
        { type: 'end', why: 'expired' },
        { type: 'end', why: 'handed_back' },
        { type: 'ended', summary: summary() },
        { type: 'dismiss' },
        { type: 'step', step: 'x' },
      ),
      fc
        .constantFrom<GrantState>(
          'requested',
          'approved',
          'active',
          'expired',
          'handed_back',
          'revoked',
          'denied',
          'withdrawn',
          'lapsed',
        )
        .map((state): Event => ({ type: 'request', request: request(state) })),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        let glass: Glass = { phase: 'starting', problem: null };
        let activations = 0;
        for (const next of events) {
          const before = glass.phase;
          const result = step(glass, next);
          glass = result.glass;
          activations += result.effects.filter((effect) => effect === 'activate').length;
          // Live is reached from activating alone, and left for closing alone.
          if (glass.phase === 'live') expect(['activating', 'live']).toContain(before);
          if (before === 'live') expect(['live', 'closing']).toContain(glass.phase);
          if (before === 'closing') expect(['closing', 'closed']).toContain(glass.phase);
          if (glass.phase === 'activating' && before !== 'activating')
            expect(next).toMatchObject({ type: 'request', request: { state: 'approved' } });
        }
        const approvals = events.filter((e) => e.type === 'request' && e.request.state === 'approved').length;
        expect(activations).toBeLessThanOrEqual(approvals);
      }),
      { numRuns: 500 },
    );
  });
});
