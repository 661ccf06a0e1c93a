/** A fresh sign-in is asked for: said beforehand, while the browser is open, and before the glass opens. */
import type { Options } from '../../shared/api.ts';
import type { StepUpState } from '../../shared/ipc-step-up.ts';
import type { StepUp } from '../../shared/step-up.ts';
import { options, request } from './data.ts';
import type { Scene } from './scene.ts';

const asks: StepUp = { who: ['engineer', 'approver'], max_age: 300 };
const strict: Options = {
  ...options,
  targets: options.targets.map((target) => ({
    ...target,
    scopes: target.scopes.map((scope) => ({
      ...scope,
      severities: scope.severities.map((severity) => ({ ...severity, step_up: asks })),
    })),
  })),
};
const wanted = (part: Partial<StepUpState>): StepUpState => ({
  stage: 'browser',
  purpose: 'request',
  message: 'SEV1 on Orders asks for a sign-in of the last 5 minutes. Your sign-in is older than that.',
  problem: null,
  ...part,
});

export function stepUpScenes(locked: Scene['state']): Readonly<Record<string, Scene>> {
  if (locked.phase !== 'locked') throw new Error('these scenes begin with the form');
  const form = { ...locked, options: strict };
  const opening: Scene['state'] = {
    phase: 'activating',
    person: locked.person,
    step: 'Creating your database role',
    request: request({
      state: 'approved',
      approvals: [{ sub: 'lina', name: 'Li Na', alone: false, at: '2026-11-23T14:08:00.000Z' }],
    }),
  };
  return {
    'locked-step-up': { state: form },
    'step-up': { state: form, stepUp: wanted({}) },
    'step-up-open': { state: opening, stepUp: wanted({ stage: 'asked', purpose: 'open' }) },
    'step-up-open-browser': { state: opening, stepUp: wanted({ purpose: 'open' }) },
    'step-up-open-failed': {
      state: opening,
      stepUp: wanted({
        stage: 'asked',
        purpose: 'open',
        problem: {
          code: 'login_other_person',
          message: 'Somebody else signed in, so it was not used.',
          hint: 'You are still signed in as before. Sign in as yourself.',
        },
      }),
    },
  };
}
