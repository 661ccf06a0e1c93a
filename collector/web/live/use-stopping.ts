/** One stop from the question to its outcome: the reason, what goes wrong, the answer, and whether it takes its time. */
import { useEffect, useState } from 'react';
import { z } from 'zod';
import { isSignedOut } from '../api/client.ts';
import { useDesk } from '../state/desk.tsx';
import { useDraft } from '../state/draft.ts';

const SLOW_MS = 1000;

export interface Stopping<T> {
  readonly reason: string;
  readonly setReason: (reason: string) => void;
  /** A reason is missing. */
  readonly empty: boolean;
  readonly sending: boolean;
  /** It has been under way for more than a second. */
  readonly slow: boolean;
  readonly problem: unknown;
  readonly answer: T | null;
  readonly send: () => void;
}

/** `draft` names the reason in this tab's storage, so that it survives a new sign-in. */
export function useStopping<T>(draft: string, act: (reason: string) => Promise<T>): Stopping<T> {
  const { onSignedOut } = useDesk();
  const [reason, setReason, clear] = useDraft(draft, z.string(), '');
  const [empty, setEmpty] = useState(false);
  const [sending, setSending] = useState(false);
  const [slow, setSlow] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [answer, setAnswer] = useState<T | null>(null);
  useEffect(() => {
    setSlow(false);
    if (!sending) return;
    const timer = window.setTimeout(() => setSlow(true), SLOW_MS);
    return () => window.clearTimeout(timer);
  }, [sending]);

  const send = async (): Promise<void> => {
    if (sending || answer !== null) return;
    const said = reason.trim();
    if (said === '') return setEmpty(true);
    setSending(true);
    setProblem(null);
    try {
      setAnswer(await act(said));
      clear();
    } catch (error) {
      setProblem(error);
      if (isSignedOut(error)) onSignedOut();
    } finally {
      setSending(false);
    }
  };
  return {
    reason,
    setReason: (next) => {
      setReason(next);
      setEmpty(false);
    },
    empty,
    sending,
    slow,
    problem,
    answer,
    send: () => void send(),
  };
}
