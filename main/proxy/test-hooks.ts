/**
 * For test files only: what is open for all their tests, and what is open for one. Apart from testing.ts, which the long
 * proofs use without Vitest.
 */
import { afterEach, beforeAll } from 'vitest';
import { openWorld, type StartPostgres, type World } from './testing.ts';

/** The world of this file; it can be used in tests and in hooks that are registered later. */
export const sharedWorld = (start: StartPostgres, settings?: Record<string, string>): World =>
  shared(() => openWorld(start, settings));

/** Opens before all tests of this file or `describe`, and stops after them. Its members are there from then on. */
export function shared<T extends { stop(): Promise<void> }>(open: () => Promise<T>): T {
  // Empty until the hook has run, and nobody has use for it before.
  const members = {} as T;
  beforeAll(async () => {
    const opened = await open();
    Object.assign(members, opened);
    return () => opened.stop();
  });
  return members;
}

/** Opens as `open` does; whatever a test has opened with it is closed after that test. */
export function closedAfterEach<Args extends unknown[], T extends { close(): Promise<void> }>(
  open: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  const opened: T[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });
  return async (...args) => {
    const one = await open(...args);
    opened.push(one);
    return one;
  };
}
