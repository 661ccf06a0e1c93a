/** When a foreground command has to end: a signal, a broken terminal, or a parent that is no longer there. */

/** Keeps this process alive and resolves with the reason to end, once. A second Ctrl+C ends the process at once; the guard then cleans up. */
export function untilTold(): Promise<string> {
  return new Promise((done) => {
    let asked = false;
    const told = (reason: string): void => {
      if (asked && reason === 'SIGINT') process.exit(130);
      asked = true;
      done(reason);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, told);
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      told('the parent process ended');
    }, 500);
  });
}
