/** What both answers are handed, and how one is sent. */
import { useState } from 'react';
import type { RequestView } from '../../shared/api.ts';
import type { Result } from '../../shared/ipc.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import type { Draft } from './draft.ts';

export interface AnswerProps {
  readonly bridge: Bridge;
  readonly request: RequestView;
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
  readonly onBack: () => void;
  readonly onAnswered: (request: RequestView, what: 'approve' | 'deny') => void;
}

export function useAnswer({ onAnswered }: Pick<AnswerProps, 'onAnswered'>, what: 'approve' | 'deny') {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<UserError | null>(null);
  const send = async (call: () => Promise<Result<RequestView>>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setRefused(null);
    const answer = await ask(call());
    setBusy(false);
    if (answer.ok) onAnswered(answer.value, what);
    else setRefused(answer.error);
  };
  return { busy, refused, send };
}
