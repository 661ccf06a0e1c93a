/**
 * Secrets on the clipboard, for a while. They are taken off again when the time is over or nobody needs them any more,
 * unless something else was copied in the meantime. What other programs have read or kept of it by then, nobody can take
 * back. (I7)
 */

/** The part of Electron's `clipboard` that is needed. */
export interface Clipboard {
  readText(): Promise<string>;
  writeText(text: string): Promise<void>;
  clear(): void;
}

export interface LentClipboard {
  /** Resolves when it is there; rejects where the system does not take it. */
  lend(secret: string): Promise<void>;
  /** Idempotent; rejects where the system does not say what the clipboard holds. */
  takeBack(): Promise<void>;
}

/** `forMs`: how long a secret stays. `onDefect`: what goes wrong when that time is over, and nobody waits. */
export function lentClipboard(clipboard: Clipboard, forMs: number, onDefect: (error: unknown) => void): LentClipboard {
  let lent: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  /** One after the other, so that taking back never meets a secret that is only on its way. */
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const takeBack = (): Promise<void> =>
    inTurn(async () => {
      clearTimeout(timer);
      const secret = lent;
      lent = null;
      if (secret !== null && (await clipboard.readText()) === secret) clipboard.clear();
    });
  return {
    lend: (secret) =>
      inTurn(async () => {
        clearTimeout(timer);
        lent = secret;
        await clipboard.writeText(secret);
        timer = setTimeout(() => void takeBack().catch(onDefect), forMs).unref();
      }),
    takeBack,
  };
}
