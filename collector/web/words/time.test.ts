import { describe, expect, it } from 'vitest';
import {
  ageWords,
  agoWords,
  clockWords,
  countdown,
  dayWords,
  dueWords,
  durationWords,
  runtimeWords,
  sameDay,
  utcWords,
} from './time.ts';

const NOW = new Date(2026, 10, 23, 16, 40, 0).getTime();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const iso = (ms: number): string => new Date(ms).toISOString();
const local = (...parts: [number, number, number, number, number]): string => new Date(...parts).toISOString();

describe('a countdown', () => {
  it.each([
    [0, '00:00'],
    [-5000, '00:00'],
    [1, '00:01'],
    [59_999, '01:00'],
    [60_000, '01:00'],
    [12 * MINUTE + 9000, '12:09'],
    [59 * MINUTE + 59_000, '59:59'],
    [HOUR, '1:00:00'],
    [25 * HOUR + 61_000, '25:01:01'],
  ])('shows %d ms as %s', (ms, words) => {
    expect(countdown(ms)).toBe(words);
  });
});

describe('a deadline', () => {
  it.each([
    [21 * HOUR + 40 * MINUTE, 'due in 21 h'],
    [47 * HOUR, 'due in 47 h'],
    [48 * HOUR, 'due in 2 d'],
    [59 * MINUTE, 'due in 59 min'],
    [30_000, 'due in under a minute'],
    [0, 'due in under a minute'],
    [-1, 'overdue under a minute'],
    [-3 * HOUR - 20 * MINUTE, 'overdue 3 h'],
    [-5 * 24 * HOUR, 'overdue 5 d'],
  ])('%d ms away reads "%s"', (ms, words) => {
    expect(dueWords(iso(NOW + ms), NOW)).toBe(words);
  });
});

describe('the past', () => {
  it('is just now, minutes, hours or days ago, and never in the future', () => {
    expect(agoWords(iso(NOW - 10_000), NOW)).toBe('just now');
    expect(agoWords(iso(NOW + 5000), NOW)).toBe('just now');
    expect(agoWords(iso(NOW - 4 * MINUTE), NOW)).toBe('4 min ago');
    expect(agoWords(iso(NOW - 3 * 24 * HOUR), NOW)).toBe('3 d ago');
  });
});

describe('how long something took', () => {
  it.each([
    [0, '0 ms'],
    [41, '41 ms'],
    [180, '0.18 s'],
    [1400, '1.40 s'],
    [18_400, '18 s'],
    [123_000, '2 min 3 s'],
    [3 * HOUR + 5 * MINUTE, '3 h 5 min'],
  ])('shows %d ms as %s', (ms, words) => {
    expect(durationWords(ms)).toBe(words);
  });
  it('counts a statement in whole milliseconds below one second', () => {
    expect(runtimeWords(212)).toBe('212 ms');
    expect(runtimeWords(1250)).toBe('1.25 s');
  });
  it('never shows sixty seconds beside a minute', () => {
    expect(durationWords(119_700)).toBe('2 min 0 s');
    expect(durationWords(59_700)).toBe('1 min 0 s');
    expect(durationWords(HOUR - 100)).toBe('1 h 0 min');
    expect(durationWords(9999)).toBe('10 s');
    expect(durationWords(2 * HOUR - 100)).toBe('2 h 0 min');
  });
  it('says how old a login was', () => {
    expect(ageWords(12)).toBe('12 s');
    expect(ageWords(120)).toBe('2 min');
  });
});

describe('a day', () => {
  it('is today, tomorrow, yesterday, or its date', () => {
    expect(dayWords(local(2026, 10, 23, 0, 1), NOW)).toBe('today');
    expect(dayWords(local(2026, 10, 24, 0, 1), NOW)).toBe('tomorrow');
    expect(dayWords(local(2026, 10, 22, 23, 59), NOW)).toBe('yesterday');
    expect(dayWords(local(2026, 9, 2, 9, 30), NOW)).toBe('2 Oct');
    expect(dayWords(local(2025, 0, 2, 9, 30), NOW)).toBe('2 Jan 2025');
  });
  it('turns at local midnight', () => {
    expect(sameDay(local(2026, 10, 23, 23, 59), local(2026, 10, 24, 0, 0))).toBe(false);
    expect(sameDay(local(2026, 10, 23, 0, 0), local(2026, 10, 23, 23, 59))).toBe(true);
  });
});

it('reads a time in local time first and in UTC second', () => {
  expect(clockWords(local(2026, 10, 23, 9, 5))).toBe('09:05:00');
  expect(utcWords('2026-11-23T14:02:11.000Z')).toBe('23 Nov 2026, 14:02:11 UTC');
});
