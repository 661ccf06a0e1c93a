import { describe, expect, it } from 'vitest';
import type { Summary } from '../../shared/ipc.ts';
import { lineOf, terminalEvent } from './events.ts';
import { changesOf } from './follow.ts';
import { linesOf } from './report.ts';
import { Voice } from './voice.ts';
import { clipped, clock, plain } from './words.ts';

class Paper {
  text = '';
  readonly #broken: (() => void)[] = [];
  readonly isTTY: boolean;
  readonly columns = 40;
  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }
  write(text: string, done?: () => void): boolean {
    this.text += text;
    done?.();
    return true;
  }
  on(_event: 'error', listener: () => void): void {
    this.#broken.push(listener);
  }
  break(): void {
    for (const listener of this.#broken) listener();
  }
}
const voiceOn = (tty: boolean, env: Record<string, string> = {}, json = false) => {
  const [words, data] = [new Paper(tty), new Paper(false)];
  let gone = 0;
  const voice = new Voice({ words, data, json, env, onReaderGone: () => gone++ });
  return { voice, words, data, gone: () => gone };
};

describe('words for the terminal', () => {
  it('obey nobody’s escape sequences', () => {
    expect(plain('Amira\u001b[2J\u009b31m Haddad\u202e')).toBe('Amira�[2J�31m Haddad�');
    expect(plain('two\nlines\tand a tab')).toBe('two lines and a tab');
    const event = lineOf({ event: 'problem', code: 'x', message: 'a\u001b[2Jb\u009bc', hint: null });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none are left is the point
    expect(event.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    expect(JSON.parse(event)).toMatchObject({ message: 'a\u001b[2Jb\u009bc' });
  });

  it('count down to zero and no earlier', () => {
    expect([0, 1, 59_001, 60_000, 3_723_000].map(clock)).toEqual(['00:00', '00:01', '01:00', '01:00', '1:02:03']);
  });

  it('fit on one line', () => {
    expect(clipped('29:58 left · no tool', 10)).toBe('29:58 lef…');
  });
});

describe('the two outputs', () => {
  it('draw the countdown in place, in colour, and say lines above it', () => {
    const { voice, words } = voiceOn(true);
    voice.status('04:59 left', 'warning');
    voice.say('psql connected');
    voice.status(null);
    const clear = '\r\u001b[2K';
    const drawn = `${clear}\u001b[33m04:59\u001b[0m\u001b[2m left\u001b[0m`;
    expect(words.text).toBe(`${drawn}${clear}psql connected\n${drawn}${clear}`);
  });

  it('use no colour where it is not wanted (NO_COLOR)', () => {
    const { voice, words } = voiceOn(true, { NO_COLOR: '1' });
    voice.status('04:59 left', 'warning');
    expect(words.text).toBe('\r\u001b[2K04:59 left');
  });

  it.each([
    ['a file', false, {}],
    ['a terminal that cannot redraw', true, { TERM: 'dumb' }],
  ])('say plain lines to %s', (_what, tty, env) => {
    const { voice, words } = voiceOn(tty, env);
    voice.status('04:59 left', 'warning');
    voice.say(voice.paint('warning', 'Five minutes left.'));
    expect(words.text).toBe('Five minutes left.\n');
  });

  it('leave the terminal to a command', () => {
    const { voice, words } = voiceOn(true, { NO_COLOR: '1' });
    voice.quiet(true);
    voice.status('04:59 left');
    voice.say('Five minutes left.');
    expect(words.text).toBe('Five minutes left.\n');
  });

  it('write events for --json only, and words never between them', () => {
    const quiet = voiceOn(false);
    quiet.voice.event({ event: 'warning', left_ms: 1 });
    expect(quiet.data.text).toBe('');
    const { voice, data, words } = voiceOn(false, {}, true);
    voice.say('Five minutes left.');
    voice.event({ event: 'warning', left_ms: 300_000 });
    expect(data.text).toBe('{"event":"warning","left_ms":300000}\n');
    expect(terminalEvent.parse(JSON.parse(data.text))).toEqual({ event: 'warning', left_ms: 300_000 });
    expect(words.text).toBe('Five minutes left.\n');
  });

  it('tell when nobody reads the events any more, and mind no closed terminal', () => {
    const { data, words, gone } = voiceOn(false, {}, true);
    words.break();
    expect(gone()).toBe(0);
    data.break();
    expect(gone()).toBe(1);
  });
});

describe('the summary', () => {
  const summary: Summary = {
    grant: 'A'.repeat(22),
    target_id: 'orders',
    target: 'Orders',
    environment: 'production',
    severity: 'SEV1',
    ticket: 'INC-1',
    reason: 'Orders are stuck',
    from: '2026-11-26T13:58:00.000Z',
    until: '2026-11-26T14:02:12.000Z',
    why: 'handed_back',
    used_ms: 252_000,
    total_ms: 1_800_000,
    statements: 14,
    denied: 1,
    rows_read: 1204,
    rows_changed: 37,
    fates: { committed: 37, rolled_back: 0, unknown: 0 },
    tables: ['shop.orders'],
    exports: { done: 0, rows: 0, bytes: 0, cut: 0 },
    gone_ms: 84,
    cut: null,
    transaction: null,
    tools: [],
    recent: [],
    review_due_at: '2026-11-27T14:02:11.000Z',
    ledger: { recorded: 32, in_ledger: 32, index: 99, waiting: null },
  };

  it('says what was done, that the role is gone, and that every record arrived', () => {
    expect(linesOf(summary)).toEqual([
      'Handed back after 04:12 of 30 minutes. The database role was gone 84 ms later.',
      '14 statements, 1 denied · 1,204 rows read · 37 rows changed',
      'Every record is in the ledger: 32 of 32.',
      'A review is due by 2026-11-27 14:02 UTC.',
    ]);
  });

  it('says what is not known yet, and what was cut', () => {
    const lines = linesOf({
      ...summary,
      why: 'expired',
      gone_ms: null,
      cut: { text: 'select\u001b[2J pg_sleep(600)', outcome: 'The server cancelled it.' },
      transaction: 'The open transaction was rolled back.',
      ledger: { recorded: 32, in_ledger: 30, index: 97, waiting: 'The collector cannot be reached.' },
    });
    expect(lines.join('\n')).toContain('not known yet whether the database role is gone');
    expect(lines.join('\n')).toContain(
      'A statement was still running. The server cancelled it.\n  select�[2J pg_sleep(600)',
    );
    expect(lines.join('\n')).toContain('30 of 32 records are in the ledger. The rest is safe on this disk');
  });
});

describe('tools that come and go', () => {
  it('are told from one look to the next', () => {
    const [a, b] = [{ id: 'a' }, { id: 'b' }];
    expect(changesOf([], [a, b])).toEqual({ came: [a, b], left: [] });
    expect(changesOf([a, b], [b])).toEqual({ came: [], left: [a] });
    expect(changesOf([b], [b])).toEqual({ came: [], left: [] });
  });
});
