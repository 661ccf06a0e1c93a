import { describe, expect, it } from 'vitest';
import { reason, ticketId } from '../../shared/grants.ts';
import { options, refusedOptions } from '../gallery/data.ts';
import { consequences } from './consequences.ts';
import { change, check, chosen, type Draft, initialDraft, opensAtOnce, REASON, TICKET, toRequest } from './form.ts';

const draft = (part: Partial<Draft> = {}): Draft => ({
  ...initialDraft(options, { ticket: 'INC-4711', reason: 'Orders stuck in processing' }),
  ...part,
});
const choose = (d: Draft, from = options) => {
  const choice = chosen(from, d);
  if (choice === null) throw new Error('the options are empty');
  return choice;
};

describe('the request form', () => {
  it('accepts the tickets and reasons that the contract accepts, and no others', () => {
    for (const text of [
      'INC-4711',
      'A-1',
      'INC-',
      'inc-1',
      'INC 1',
      '1NC-1',
      'INC-12345678901',
      '',
      'ABCDEFGHIJKLMNOPQ-1',
    ]) {
      expect(TICKET.test(text), text).toBe(ticketId.safeParse(text).success);
    }
    for (const length of [REASON.min - 1, REASON.min, REASON.max, REASON.max + 1]) {
      expect(length >= REASON.min && length <= REASON.max).toBe(reason.safeParse('x'.repeat(length)).success);
    }
  });
  it('starts with what the link names, and with what can be used where it names nothing', () => {
    expect(initialDraft(options, { severity: 'SEV3' })).toMatchObject({ severity: 'SEV3', minutes: '60' });
    expect(initialDraft(options, { target: 'gone' })).toMatchObject({ target: 'orders', severity: 'SEV1' });
    expect(initialDraft(refusedOptions, {})).toMatchObject({ severity: 'SEV2' });
    expect(chosen({ ...options, targets: [] }, draft())).toBeNull();
  });
  it('follows the severity with the minutes, unless the person had typed some that fit', () => {
    expect(change(options, draft(), 'severity', 'Drill').minutes).toBe('10');
    expect(change(options, draft({ minutes: '5' }), 'severity', 'Drill').minutes).toBe('5');
    expect(change(options, draft({ minutes: '25' }), 'severity', 'Drill').minutes).toBe('10');
  });
  it('moves to a severity that exists when the scope changes', () => {
    const drill = draft({ severity: 'Drill' });
    expect(change(options, drill, 'scope', 'orders-repair')).toMatchObject({
      scope: 'orders-repair',
      severity: 'SEV1',
    });
  });
  it('names every field that is wrong, and the limit that was passed (I6)', () => {
    const d = draft({ minutes: '31', ticket: 'soon', reason: 'why' });
    expect(check(d, choose(d))).toEqual({
      minutes: 'At most 30 with SEV1.',
      ticket: 'Like INC-4711.',
      reason: expect.stringContaining('sentence'),
    });
    expect(Object.keys(check(draft({ minutes: '' }), choose(draft())))).toEqual(['minutes']);
    expect(check(draft(), choose(draft()))).toEqual({});
  });
  it('names why policy refuses a severity', () => {
    const d = draft({ severity: 'SEV1' });
    expect(check(d, choose(d, refusedOptions)).severity).toContain('overdue');
  });
  it('asks for approval where nobody may go alone', () => {
    expect(opensAtOnce(choose(draft()).severity)).toBe(true);
    expect(opensAtOnce(choose(draft({ severity: 'SEV2' })).severity)).toBe(false);
    expect(toRequest(draft({ reason: '  Orders are stuck ' }), choose(draft()), true)).toMatchObject({
      reason: 'Orders are stuck',
      minutes: 30,
      alone: true,
    });
  });
});

describe('what happens next', () => {
  const titles = (d: Draft, instead = false) => consequences(choose(d), d.minutes, instead).map((c) => c.title);
  it('says it in the order in which it happens', () => {
    expect(titles(draft())).toEqual([
      '30 minutes, then it closes',
      'Read 7 tables, nothing else',
      'Every statement is recorded',
      'Told now: #on-call, everybody by mail',
      'A review is due within 24 hours',
    ]);
  });
  it('puts the approval first where one is needed or asked for', () => {
    expect(titles(draft({ severity: 'SEV2' }))[0]).toBe('Somebody has to approve first');
    expect(titles(draft({ severity: 'SEV3' }))[0]).toBe('2 people have to approve first');
    expect(titles(draft(), true)[0]).toBe('Somebody has to approve first');
    const choice = choose(draft({ severity: 'SEV3' }));
    const approvals_from = [
      { count: 1, groups: ['dba'] },
      { count: 1, groups: ['security', 'sre'] },
    ];
    const groups = { ...choice, severity: { ...choice.severity, approvals_from } };
    expect(consequences(groups, '10', false)[0]?.detail).toMatch(
      /^1 approval by dba and 1 approval by security or sre\. The glass opens/,
    );
  });
  it('says who hears of it by message, and who only sees it on the pages', () => {
    expect(titles(draft(), true)).toContain('Told now: #on-call');
    const choice = choose(draft());
    const told = { approvers: 4, reviewers: 1, alone: [], asked: [] };
    const silent = { ...choice, severity: { ...choice.severity, told } };
    expect(consequences(silent, '30', false)).toContainEqual({
      icon: 'notifications',
      title: '5 people see it at once',
      detail: '4 approvers and 1 reviewer, on the collector’s pages. The policy names nobody who gets a message.',
    });
  });
  it('names what may be written, and never promises more time than the policy gives', () => {
    expect(titles(draft({ scope: 'orders-repair' }))).toContain('Read 7 tables, change orders');
    expect(titles(draft({ minutes: '900' }))).toContain('30 minutes, then it closes');
    expect(titles(draft({ severity: 'Drill' }))).not.toContain('A review is due within 24 hours');
  });
});
