import { describe, expect, it } from 'vitest';
import type { Person, RequestList, RequestView } from '../../shared/api.ts';
import { Fault } from '../../shared/errors.ts';
import type { ApprovalsState } from '../../shared/ipc-approve.ts';
import { openApprovalNotices } from './approval-notices.ts';
import type { ApprovalQuestion } from './approval-question.ts';
import { Approvals } from './approvals.ts';

const lina: Person = { sub: 'lina', name: 'Li Na', roles: ['engineer', 'approver'] };
const DIGEST = 'd'.repeat(43);
const id = (n: number): string => String(n).padStart(22, 'r');
// Cast: only what is looked at here.
const request = (n: number, part: Partial<RequestView> = {}): RequestView =>
  ({
    id: id(n),
    state: 'requested',
    by: { sub: 'amira', name: 'Amira Haddad', roles: [] },
    target: { id: 'orders', label: 'Orders', environment: 'production' },
    severity: 'SEV2',
    ticket: `INC-${n}`,
    minutes: 30,
    reason: 'Orders stuck since the deploy',
    digest: DIGEST,
    scope: {
      id: 'support',
      label: 'Support',
      mode: 'read',
      tables: [
        { schema: 'shop', table: 'orders', select: '*' },
        { schema: 'shop', table: 'payments', select: '*' },
      ],
    },
    approvals: [],
    approval_refused: null,
    lapses_at: `2026-11-23T14:${String(10 + n)}:00.000Z`,
    ...part,
  }) as RequestView;

/** A collector whose answers the test gives one by one; it waits where it has none. */
function world() {
  const asked: (string | null)[] = [];
  const pending: PromiseWithResolvers<RequestList>[] = [];
  const shown: (ApprovalsState | null)[] = [];
  const sent: unknown[] = [];
  const questions: ApprovalQuestion[] = [];
  let yes = true;
  let refusal: Fault | null = null;
  const answer = async (what: unknown, state: RequestView['state']): Promise<RequestView> => {
    sent.push(what);
    if (refusal !== null) throw refusal;
    return request(1, { state });
  };
  const approvals = new Approvals({
    collector: () => ({
      requests: (seen, signal) => {
        asked.push(seen);
        const next = Promise.withResolvers<RequestList>();
        signal.addEventListener('abort', () => next.reject(new Error('aborted')));
        pending.push(next);
        return next.promise;
      },
      approve: (of, given) => answer({ of, ...given }, 'approved'),
      deny: (of, note) => answer({ of, note }, 'denied'),
    }),
    steppedUp: (call) => call(),
    confirm: async (question) => {
      questions.push(question);
      return yes;
    },
    onChange: (state) => void shown.push(state),
    onDefect: (error) => {
      throw error;
    },
  });
  const heard = async (what: RequestList | Fault): Promise<void> => {
    while (pending.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const next = pending.shift();
    if (what instanceof Fault) next?.reject(what);
    else next?.resolve(what);
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  const refuse = (fault: Fault): void => {
    refusal = fault;
  };
  const sayNo = (): void => {
    yes = false;
  };
  return { approvals, asked, shown, sent, heard, refuse, questions, sayNo };
}

describe('following what waits', () => {
  it('shows what waits, the one that lapses first at the top, and asks for the next change', async () => {
    const { approvals, asked, heard } = world();
    approvals.follow(lina);
    expect(approvals.state()).toMatchObject({ me: 'lina', waiting: null });
    await heard({ requests: [request(2), request(1), request(3, { state: 'denied' })], revision: 'a'.repeat(43) });
    expect(approvals.state()?.waiting?.map((one) => one.id)).toEqual([id(1), id(2)]);
    await heard({ requests: [], revision: 'b'.repeat(43) });
    expect(approvals.state()).toMatchObject({ waiting: [], count: 0 });
    expect(asked.slice(0, 2)).toEqual([null, 'a'.repeat(43)]);
    approvals.stop();
  });

  it('keeps what it knew while the collector is away, and says so (I6)', async () => {
    const { approvals, heard } = world();
    approvals.follow(lina);
    await heard({ requests: [request(1)], revision: 'a'.repeat(43) });
    await heard(new Fault('collector_unreachable', 'The collector cannot be reached.'));
    expect(approvals.state()).toMatchObject({ count: 1, problem: { code: 'collector_unreachable' } });
    approvals.stop();
    expect(approvals.state()).toBeNull();
  });

  it('asks nothing for somebody who does not approve', () => {
    const { approvals, asked, shown } = world();
    approvals.follow({ ...lina, roles: ['engineer'] });
    expect([asked, shown]).toEqual([[], []]);
  });

  it('takes an answered request off the list at once, and sends exactly what was chosen', async () => {
    const { approvals, heard, sent } = world();
    approvals.follow(lina);
    await heard({ requests: [request(1), request(2)], revision: 'a'.repeat(43) });
    await approvals.approve({ id: id(1), digest: DIGEST, minutes: 10 });
    expect(approvals.state()?.waiting?.map((one) => one.id)).toEqual([id(2)]);
    expect(sent).toEqual([{ of: id(1), digest: DIGEST, minutes: 10 }]);
    approvals.stop();
  });

  it('asks in its own words, from what it knows of the request, before anything is sent (I7)', async () => {
    const { approvals, heard, sent, questions, sayNo } = world();
    approvals.follow(lina);
    await heard({ requests: [request(1, { reason: 'Two\nlines' })], revision: 'a'.repeat(43) });
    sayNo();
    const wish = { id: id(1), digest: DIGEST, minutes: 10, without: ['shop.payments'] };
    await expect(approvals.approve(wish)).rejects.toMatchObject({ code: 'not_confirmed' });
    expect(questions[0]?.message).toBe('Let Amira Haddad into Orders for 10 minutes?');
    expect(questions[0]?.detail.split('\n')).toEqual([
      'production · SEV2 · INC-1',
      'Read 1 table.',
      'shop.orders',
      'You give 10 of the 30 minutes, without table payments.',
      expect.stringMatching(/^“Two.*lines”$/),
    ]);
    expect(sent).toEqual([]);
    approvals.stop();
  });

  it.each([
    ['another request than was looked at', { digest: 'e'.repeat(43) }, 'request_changed'],
    ['a scope that was not offered', { scope: 'everything' }, 'request_changed'],
    ['nothing', { without: ['shop.orders', 'shop.payments'] }, 'nothing_left'],
    ['more minutes than were asked for', { minutes: 31 }, 'nothing_left'],
    ['what does not wait', { id: id(7) }, 'not_waiting'],
  ])('asks nobody and sends nothing for %s (I6)', async (_name, change, code) => {
    const { approvals, heard, sent, questions } = world();
    approvals.follow(lina);
    await heard({ requests: [request(1)], revision: 'a'.repeat(43) });
    await expect(approvals.approve({ id: id(1), digest: DIGEST, ...change })).rejects.toMatchObject({ code });
    expect([sent, questions]).toEqual([[], []]);
    approvals.stop();
  });

  it('leaves the list as it is where the collector refuses (I6)', async () => {
    const { approvals, heard, refuse } = world();
    approvals.follow(lina);
    await heard({ requests: [request(1)], revision: 'a'.repeat(43) });
    refuse(new Fault('too_late', 'This request was denied.'));
    await expect(approvals.approve({ id: id(1), digest: DIGEST })).rejects.toMatchObject({ code: 'too_late' });
    expect(approvals.state()?.count).toBe(1);
    approvals.stop();
  });

  it('answers nothing after the sign-out', async () => {
    const { approvals, sent } = world();
    await expect(approvals.deny({ id: id(1), note: 'no' })).rejects.toMatchObject({ code: 'not_now' });
    expect(sent).toEqual([]);
  });
});

describe('what the desktop tells an approver', () => {
  const waits = (...waiting: RequestView[]): ApprovalsState => ({
    me: 'lina',
    waiting,
    count: waiting.length,
    problem: null,
  });

  it('tells each request once, with what it is about on one line', () => {
    const noticeOf = openApprovalNotices();
    expect(noticeOf(waits(request(1, { reason: 'Two\nlines\u202e' })))).toEqual({
      title: 'Amira Haddad asks for Orders',
      body: expect.stringMatching(/^SEV2 · INC-1 · 30 min · Two[^\n\u202e]*lines[^\n\u202e]*$/),
    });
    expect(noticeOf(waits(request(1), request(2)))?.body).toContain('INC-2');
    expect(noticeOf(waits(request(2)))).toBeNull();
  });

  it('counts several at once, and is silent about what this person cannot approve', () => {
    const noticeOf = openApprovalNotices();
    const own = request(3, { by: { sub: 'lina', name: 'Li Na', roles: [] } });
    const uncounted = request(4, { approval_refused: 'Your approval would not count' });
    expect(noticeOf(waits(own, uncounted))).toBeNull();
    expect(noticeOf(waits(request(1), request(2), own))).toEqual({
      title: '2 requests wait for your answer',
      body: 'From Amira Haddad',
    });
  });

  it('begins anew for whoever signs in next', () => {
    const noticeOf = openApprovalNotices();
    noticeOf(waits(request(1)));
    expect(noticeOf(null)).toBeNull();
    expect(noticeOf(waits(request(1)))).not.toBeNull();
  });
});
