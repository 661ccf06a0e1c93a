/** Something that a service does again and again: a pause after each time, so that a slow one never runs twice at once. */

export interface Again {
  /** Begins no other one, and waits for the one that is under way. */
  stop(): Promise<void>;
}

/** Does `work` now, and `pauseMs` after it has ended, until it is stopped. `failed` hears of what it threw; it goes on. */
export function again(work: () => Promise<unknown>, pauseMs: number, failed: (error: unknown) => void): Again {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const once = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failed(error);
    }
    if (!stopped) timer = setTimeout(start, pauseMs);
  };
  const start = (): void => {
    running = once();
  };
  start();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
