/**
 * The renderer's only way out: `window.vitrine`, put there by the preload. Types come from the contract; nothing is
 * validated here again, because main validates both directions (I7). Parts take the bridge as a parameter, so that the
 * gallery can hand them a scripted one.
 */
import type { Bridge, Result, UserError } from '../shared/ipc.ts';

declare global {
  interface Window {
    readonly vitrine: Bridge;
  }
}

export type { Bridge, UserError };

/** What a call answered, or what to show when it was refused. Never throws: a broken bridge is an error to show, too. */
export async function ask<T>(call: Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await call;
  } catch (cause) {
    const error = {
      code: 'bridge',
      message: `The app did not answer: ${cause instanceof Error ? cause.message : String(cause)}.`,
      hint: 'Nothing was sent. If it happens again, close and reopen Vitrine.',
    };
    return { ok: false, error };
  }
}
