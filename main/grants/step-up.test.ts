import { describe, expect, it } from 'vitest';
import { Fault } from '../../shared/errors.ts';
import type { StepUpState } from '../../shared/ipc-step-up.ts';
import type { Asked } from '../../shared/step-up.ts';
import { Refusal } from '../collector/index.ts';
import { StepUp } from './step-up.ts';

const refusal = (code = 'step_up_required'): Refusal =>
  new Refusal({
    type: 'x',
    title: 'Sign in once more',
    detail: 'SEV1 on Orders asks for a sign-in of the last 5 minutes.',
    status: 401,
    code,
    max_age: 300,
    acr_values: 'strong',
  });

/** A call that is refused so many times, and a sign-in that ends as it is told. */
function world(refusals: number, signIn: (asked: Asked, signal: AbortSignal, nth: number) => Promise<void>) {
  const shown: (StepUpState | null)[] = [];
  let calls = 0;
  let signIns = 0;
  const stepUp: StepUp = new StepUp({
    signIn: (asked, signal) => signIn(asked, signal, ++signIns),
    onChange: (state) => void shown.push(state),
    onDefect: () => undefined,
  });
  const call = async (): Promise<string> => {
    if (++calls <= refusals) throw refusal();
    return 'done';
  };
  const stages = () => shown.map((state) => state?.stage ?? null);
  return { stepUp, call, shown, stages, counts: () => ({ calls, signIns }) };
}
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (value) => value,
    (error: Fault) => error.code,
  );
const untilAborted = (_asked: Asked, signal: AbortSignal): Promise<void> =>
  new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(new Fault('login_cancelled', 'The sign-in was cancelled.'))),
  );

describe('signing in once more', () => {
  it('makes the call again, once, with what the collector asked for', async () => {
    const asked: Asked[] = [];
    const { stepUp, call, counts, stages } = world(1, async (wish) => void asked.push(wish));
    expect(await stepUp.run('request', call)).toBe('done');
    expect(counts()).toEqual({ calls: 2, signIns: 1 });
    expect(asked[0]).toMatchObject({ max_age: 300, acr: 'strong' });
    expect(stages()).toEqual(['browser', null]);
  });

  it('does not sign in a third time where the collector is not content: its words are told (I6)', async () => {
    const { stepUp, call, counts } = world(2, async () => undefined);
    expect(await codeOf(stepUp.run('request', call))).toBe('step_up_required');
    expect(counts()).toEqual({ calls: 2, signIns: 1 });
  });

  it('leaves every other refusal as it is', async () => {
    const { stepUp, counts } = world(0, async () => undefined);
    const other = async (): Promise<never> => Promise.reject(refusal('device_revoked'));
    expect(await codeOf(stepUp.run('request', other))).toBe('device_revoked');
    expect(counts().signIns).toBe(0);
  });

  it('is given up by a person, and then nothing was called again', async () => {
    const { stepUp, call, counts, stages } = world(1, untilAborted);
    const running = codeOf(stepUp.run('request', call));
    while (stages().at(-1) !== 'browser') await Promise.resolve();
    stepUp.cancel();
    expect(await running).toBe('step_up_cancelled');
    expect(counts().calls).toBe(1);
    expect(stepUp.state()).toBeNull();
  });

  it('tells why a sign-in failed', async () => {
    const other = async (): Promise<void> =>
      Promise.reject(new Fault('login_other_person', 'Somebody else signed in.'));
    const { stepUp, call } = world(1, other);
    expect(await codeOf(stepUp.run('request', call))).toBe('login_other_person');
  });

  it('asks before the glass opens, and a failed try does not throw the approval away', async () => {
    const { stepUp, call, shown, stages } = world(1, async (_asked, _signal, nth) => {
      if (nth === 1) throw new Fault('login_refused', 'The sign-in was refused or cancelled in the browser.');
    });
    const running = stepUp.run('open', call);
    while (stages().at(-1) !== 'asked') await Promise.resolve();
    stepUp.start();
    while (stages().filter((stage) => stage === 'asked').length < 2) await Promise.resolve();
    expect(shown.at(-1)?.problem?.code).toBe('login_refused');
    stepUp.start();
    expect(await running).toBe('done');
    expect(stages()).toEqual(['asked', 'browser', 'asked', 'browser', null]);
  });

  it('is given up before the glass opens only where it says so', async () => {
    const { stepUp, call, stages } = world(1, untilAborted);
    const running = codeOf(stepUp.run('open', call));
    while (stages().at(-1) !== 'asked') await Promise.resolve();
    stepUp.start();
    while (stages().at(-1) !== 'browser') await Promise.resolve();
    stepUp.cancel();
    while (stages().at(-1) !== 'asked') await Promise.resolve();
    stepUp.cancel();
    expect(await running).toBe('step_up_cancelled');
  });

  it('opens one browser at a time', async () => {
    const { stepUp, call, stages } = world(1, untilAborted);
    const first = codeOf(stepUp.run('request', call));
    while (stages().at(-1) !== 'browser') await Promise.resolve();
    const second = async (): Promise<never> => Promise.reject(refusal());
    expect(await codeOf(stepUp.run('approve', second))).toBe('step_up_required');
    stepUp.cancel();
    await first;
  });
});
