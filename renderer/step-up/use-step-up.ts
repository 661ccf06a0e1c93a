/** Whether main wants the person to sign in once more, followed as it changes. */
import { useEffect, useState } from 'react';
import type { StepUpState } from '../../shared/ipc-step-up.ts';
import { ask, type Bridge } from '../bridge.ts';

export function useStepUp(bridge: Bridge): StepUpState | null {
  const [state, setState] = useState<StepUpState | null>(null);
  useEffect(() => {
    let pushed = false;
    const stop = bridge.onStepUp((next) => {
      pushed = true;
      setState(next);
    });
    void ask(bridge.getStepUp()).then((answer) => {
      // A push that overtook the answer is newer.
      if (answer.ok && !pushed) setState(answer.value);
    });
    return stop;
  }, [bridge]);
  return state;
}
