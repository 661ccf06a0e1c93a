import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mailOf } from './mail.ts';
import { slackBody } from './slack.ts';
import { notice } from './testing.ts';
import { factsOf, titleOf } from './words.ts';

/** Texts that try: markup, mentions, links, line ends, marks of direction, halves of pairs. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<!here>',
        '@channel',
        '<@U1>',
        '](',
        'https://',
        '\r\nBcc: ',
        '\n',
        '\u2028',
        '\u202e',
        '🧨',
        '"',
        ',',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.string({ maxLength: 700 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('what people wrote', () => {
  it('stays on its line, within its length and within its place, on every channel', () => {
    fc.assert(
      fc.property(text, text, text, (who, reason, label) => {
        const one = notice({ who, reason, target: { id: 'orders', label, environment: 'production' } });
        const lines = [titleOf(one), ...factsOf(one).map(({ name, value }) => `${name}: ${value}`)];
        for (const line of lines) expect(line).not.toMatch(/[\r\n\u2028\u2029\u202a-\u202e\u2066-\u2069]/);

        const body = JSON.parse(slackBody(one)) as { text: string; blocks: { text: { type: string; text: string } }[] };
        expect(body.text.split('\n')).toHaveLength(lines.length + 1);
        expect(body.text).not.toMatch(/[<>]|[@＠]\w|\]\(/);
        expect(body.text.match(/:\/\//g)).toHaveLength(1);
        const [header, section] = body.blocks;
        expect(header?.text.text.length).toBeLessThanOrEqual(150);
        expect(section?.text.text.length).toBeLessThanOrEqual(3000);
        expect([header?.text.type, section?.text.type]).toEqual(['plain_text', 'plain_text']);

        const mail = mailOf(one, { id: 'msg_x', from: 'v@shop.example', to: ['l@shop.example'] });
        expect(String(mail.subject)).not.toMatch(/[\r\n]/);
        expect(String(mail.text).split('\n')).toHaveLength(lines.length + 4);
      }),
      { numRuns: 300 },
    );
  });

  it('is said plainly where nobody tries anything', () => {
    expect(factsOf(notice()).map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Who: Amira Haddad',
      'Target: Orders (production)',
      'Access: Write, Repair orders',
      'Severity: SEV1',
      'For: 30 minutes',
      'Incident: INC-4711',
      'Reason: Orders stuck in processing since the deploy',
      'At: 23 Nov 2026, 14:02 UTC',
    ]);
    expect(titleOf({ ...notice(), event: 'grant_revoked', by: 'Li Na' })).toBe(
      'Li Na revoked the access of Amira Haddad to Orders (production)',
    );
    expect(titleOf({ ...notice(), event: 'review_overdue' })).toBe(
      'Review overdue: Amira Haddad on Orders (production), SEV1',
    );
    expect(titleOf({ ...notice({ alone: false }), event: 'request_waiting' })).toBe(
      'Amira Haddad waits for an approval: Orders (production), SEV1',
    );
  });
});

describe('changes of a live grant', () => {
  const change = {
    id: 'c',
    kind: 'elevate',
    minutes: 5,
    reason: 'order 102 is stuck',
    tables: ['shop.orders'],
  } as const;

  it('are told with what is asked for now, not with what was asked for first', () => {
    const asked = { ...notice({}), event: 'change_waiting', change } as const;
    expect(titleOf(asked)).toMatch(/asks for write access: /);
    expect(factsOf(asked)).toEqual(
      expect.arrayContaining([
        { name: 'Writes to', value: 'shop.orders' },
        { name: 'For', value: '5 minutes' },
        { name: 'Reason', value: 'order 102 is stuck' },
      ]),
    );
    const more = { ...asked, change: { ...change, kind: 'extend', tables: [] } as const };
    expect(titleOf(more)).toMatch(/asks for more time: /);
    expect(factsOf(more)).toContainEqual({ name: 'For', value: '5 minutes more' });
    expect(titleOf({ ...asked, event: 'elevated' })).toMatch(/may write now: /);
  });
});
