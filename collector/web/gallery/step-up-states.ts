/** Approving where the policy asks for a fresh sign-in: said beforehand, and back from the identity provider. */
import type { Fetch } from '../api/client.ts';
import { idOf, meOf, waiting } from './data.ts';
import { json, never, type State, script } from './script.ts';

const lina = meOf('lina');
const one = waiting({ step_up: { who: ['engineer', 'approver'], max_age: 300 } });
const path = `/requests/${idOf('waiting')}`;
const noVerify: State['verify'] = () => new Promise(() => {});

/** `before` is what this tab has kept, as on the way back. */
const held = (before: () => void = () => undefined): Fetch =>
  script({
    'GET /v1/me': () => {
      before();
      return json(lina);
    },
    [`GET /v1/requests/${one.id}?wait`]: never,
    'GET /v1/requests/': () => json(one),
  });
function kept(problem: string | null): void {
  const choice = { minutes: '12', scope: '', dropped: ['shop.payments'] };
  window.sessionStorage.setItem(`vitrine:step-up:${one.id}`, JSON.stringify({ sub: lina.person.sub, choice }));
  window.sessionStorage.setItem(`vitrine:draft:approve-${one.id}`, JSON.stringify('Only what you need'));
  if (problem === null) return;
  const address = new URL(window.location.href);
  address.searchParams.set('sign_in', problem);
  window.history.replaceState(null, '', address);
}

export const stepUpStates: Record<string, State> = {
  'step-up-approve': { path, fetch: held(), verify: noVerify, steps: ['a'] },
  'step-up-back': { path, fetch: held(() => kept(null)), verify: noVerify },
  'step-up-cancelled': { path, fetch: held(() => kept('login_failed')), verify: noVerify },
  'step-up-other': { path, fetch: held(() => kept('login_other_person')), verify: noVerify },
};
