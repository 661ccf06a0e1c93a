/** From what the command line says to a request that the collector has taken, and on to its answer. (I6) */
import type { AccessRequest } from '../../shared/api.ts';
import { requirementWords } from '../../shared/approvals.ts';
import { Fault } from '../../shared/errors.ts';
import type { AppState, UserError } from '../../shared/ipc.ts';
import { type Given, LOOKS, parse } from './arguments.ts';
import { End } from './end.ts';
import { exit, exitOf } from './exit.ts';
import type { Parts } from './parts.ts';
import { choose, listOf, type Prompts } from './prompts.ts';
import { type Answered, inOneLine, type Question, questionsOf } from './questions.ts';
import { Stopped } from './stop.ts';
import { plain, plural, utc } from './words.ts';

type Locked = Extract<AppState, { phase: 'locked' }>;
type Ready = Extract<Answered, { kind: 'ready' }>;

/** Asks for what is missing, or names all of it where nobody can be asked. */
export async function completeRequest({ glass, wanted, prompts, voice }: Parts): Promise<Ready> {
  const { options } = lockedState(glass.state());
  let given: Given = wanted.given;
  for (;;) {
    const answered = questionsOf(options, given, wanted.approval);
    if (answered.kind === 'ready') return answered;
    if (answered.kind === 'nothing') {
      throw new End({ code: 'nothing_offered', message: answered.words, hint: null }, exit.noGrant);
    }
    const [question] = answered.questions;
    if (prompts === null) throw new End(inWords(answered.questions), exit.usage);
    // What was said and does not fit is named before it is asked for.
    if (given[question.field] !== undefined) voice.say(`${plain(question.problem)}.`);
    const { [question.field]: _wrong, ...kept } = given;
    given = { ...kept, ...(await ask(prompts, (line) => voice.say(line), question)) };
  }
}

const LABELS: Readonly<Record<Question['field'], string>> = {
  target: 'Database',
  scope: 'What you need',
  severity: 'How bad it is',
  minutes: 'Minutes',
  ticket: 'Incident',
  reason: 'Why',
};

async function ask(prompts: Prompts, say: (line: string) => void, { field, choices }: Question): Promise<Given> {
  if (choices.length > 0) say(`${LABELS[field]}\n${listOf(choices)}`);
  for (;;) {
    const typed = await prompts.line(choices.length > 0 ? 'Which one? [1] ' : `${LABELS[field]}: `);
    const text = choices.length > 0 ? choose(typed, choices) : typed.trim();
    // The same check as on the command line.
    const parsed = text === null || text === '' ? null : parse([`--${field}=${text}`]);
    if (parsed?.kind === 'run') return parsed.wanted.given;
    say(choices.length > 0 ? 'A number or an id from the list.' : `It has to be ${LOOKS[field]}.`);
  }
}

function inWords(questions: readonly Question[]): UserError {
  const lines = questions.map(({ problem, choices }) =>
    choices.length === 0 ? problem : `${problem}; there ${choices.length === 1 ? 'is' : 'are'}: ${namesOf(choices)}`,
  );
  return {
    code: 'usage',
    message: lines.join('\n'),
    hint: 'Nothing was sent. vitrine port --help says what each of them means.',
  };
}
const namesOf = (choices: Question['choices']): string => choices.map(({ id, words }) => `${id} (${words})`).join(', ');

/** Sends the request and waits for the glass to open. Throws an `End`, or `Stopped` after the request was withdrawn. */
export async function breakGlass(parts: Parts, ready: Ready): Promise<void> {
  const { glass, watch, voice, stop } = parts;
  announce(parts, ready);
  try {
    await glass.submit(ready.request);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    stop.asked.throwIfAborted();
    const { code, message, hint } = error;
    throw new End({ code, message, hint }, exitOf(code, exit.noGrant));
  }
  const answer = watch.until<'live' | UserError>(glass.state(), (state) => {
    if (state.phase === 'live' || state.phase === 'closing' || state.phase === 'closed') return 'live';
    return state.phase === 'locked' ? (state.problem ?? withdrawn) : null;
  });
  if (glass.state().phase === 'waiting') await waitForApproval(parts, answer);
  // From here on a role may exist: it is opened, and handed back by whoever wants to stop.
  const outcome = await answer;
  voice.status(null);
  if (outcome === 'live') return;
  stop.asked.throwIfAborted();
  throw new End(outcome, exitOf(outcome.code, exit.noGrant));
}

const withdrawn: UserError = { code: 'withdrawn', message: 'The request was withdrawn.', hint: null };

function announce({ voice }: Parts, { request, chosen }: Ready): void {
  const { approvers, reviewers } = chosen.severity.told;
  const told = approvers + reviewers;
  const people = told === 0 ? '' : ` ${plural(told, 'person is', 'people are')} told now.`;
  const verb = opensAtOnce(request, chosen.severity.approvals) ? 'Breaking the glass' : 'Asking for approval';
  voice.say(`${verb}: ${plain(inOneLine(chosen, request))}.${people}`);
}
const opensAtOnce = ({ alone }: AccessRequest, approvals: number): boolean => alone || approvals === 0;

/** Until somebody answers, the person stops, or `--wait` is over; in the last two cases the request is withdrawn. */
async function waitForApproval({ glass, voice, stop, wanted }: Parts, answer: Promise<unknown>): Promise<void> {
  const state = glass.state();
  if (state.phase !== 'waiting') return;
  const { request } = state;
  voice.event({
    event: 'waiting',
    request: request.id,
    approvals_needed: request.approvals_needed,
    approvers: request.approvers,
    lapses_at: request.lapses_at,
    url: request.url,
  });
  const who = request.approvers.length === 0 ? 'an approver' : plain(request.approvers.join(', '));
  voice.say(`Waiting for ${who} until ${utc(request.lapses_at)}:\n\n  ${plain(request.url)}\n`);
  const missing = request.approvals_missing ?? [];
  if (missing.some(({ groups }) => groups !== null)) voice.say(`Needed: ${plain(requirementWords(missing))}.`);
  voice.status('Waiting for approval · Ctrl+C withdraws the request');
  const patience = Promise.withResolvers<'over'>();
  const timer = wanted.wait === null ? null : setTimeout(() => patience.resolve('over'), wanted.wait * 60_000);
  try {
    const first = await stop.race(Promise.race([answer.then(() => 'answered' as const), patience.promise]));
    if (first === 'answered') return;
    await withdraw(glass);
    throw new End(
      {
        code: 'wait_over',
        message: `Nobody answered within ${plural(wanted.wait ?? 0, 'minute')}, so the request was withdrawn.`,
        hint: 'Ask again, or page an approver directly.',
      },
      exit.noGrant,
    );
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    voice.status(null);
    voice.say('Withdrawing the request…');
    // Approved in this very moment: then the glass opens, and is handed back at once.
    if (await withdraw(glass)) throw error;
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}

/** False when the request was answered before. A collector that is away lets it lapse. */
async function withdraw(glass: Parts['glass']): Promise<boolean> {
  if (glass.state().phase !== 'waiting') return false;
  try {
    await glass.withdraw();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  const { phase } = glass.state();
  return phase !== 'activating' && phase !== 'live';
}

function lockedState(state: AppState): Locked {
  if (state.phase !== 'locked') throw new Fault('not_now', 'The sign-in has ended in the meantime.', 'Start again.');
  return state;
}
