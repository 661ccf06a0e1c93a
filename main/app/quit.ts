/** Whether quitting is asked about first. */
export interface Asking {
  /** True: somebody is asked now, and this attempt to quit is held. */
  hold(): boolean;
  answer(go: boolean): void;
}

/**
 * Asks in the page whether to quit, while there is something to ask about. Whoever wants to quit a second time before the
 * page has answered is not asked again: a page that hangs must not hold the app.
 */
export function askOnce(mustAsk: () => boolean, ask: () => void): Asking {
  let state: 'quiet' | 'asked' | 'go' = 'quiet';
  return {
    hold() {
      if (state !== 'quiet' || !mustAsk()) {
        if (state === 'asked') state = 'go';
        return false;
      }
      state = 'asked';
      ask();
      return true;
    },
    answer(go) {
      state = go ? 'go' : 'quiet';
    },
  };
}
