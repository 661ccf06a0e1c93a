/** One act of a dialog: sent once at a time, with what went wrong and what came of it. */
import { useState } from 'react';
import { isSignedOut } from '../api/client.ts';
import { useDesk } from '../state/desk.tsx';

export interface Act<T> {
  readonly sending: boolean;
  readonly problem: unknown;
  readonly answer: T | null;
  readonly send: () => void;
}

export function useAct<T>(act: () => Promise<T>): Act<T> {
  const { onSignedOut } = useDesk();
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [answer, setAnswer] = useState<T | null>(null);
  const send = async (): Promise<void> => {
    if (sending || answer !== null) return;
    setSending(true);
    setProblem(null);
    try {
      setAnswer(await act());
    } catch (error) {
      setProblem(error);
      if (isSignedOut(error)) onSignedOut();
    } finally {
      setSending(false);
    }
  };
  return { sending, problem, answer, send: () => void send() };
}
