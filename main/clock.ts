/** Time as a parameter: everything that has a deadline or a duration takes a {@link Clock} and can be tested with a fake one. */
export interface Clock {
  /** Milliseconds since the epoch by the wall clock; the engineer can change it. */
  wall(): number;
  /** Milliseconds, fractional, on a clock that never goes back; on some systems it stops while the machine sleeps. */
  mono(): number;
}

export const systemClock: Clock = { wall: () => Date.now(), mono: () => performance.now() };
