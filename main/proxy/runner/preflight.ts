/**
 * What has to be said about a text before any of it is sent: why it cannot run, or what the user is asked first. It
 * follows the transaction through the text, because BEGIN and COMMIT in it change what may come after. Pure.
 */
import type { Fault } from '../../../shared/errors.ts';
import type { Limits } from '../../../shared/grants.ts';
import type { TransactionMode } from '../../../shared/ipc.ts';
import { MAX_PARSED_BYTES, type ScriptStatement } from '../../../shared/sql/index.ts';
import * as words from './words.ts';

export interface Question {
  readonly code: 'danger' | 'write' | 'alone' | 'gone';
  readonly title: string;
  readonly detail: string;
  readonly action: string;
}
export interface Circumstances {
  readonly mode: TransactionMode;
  /** A transaction is open when the text begins; null where statements before it may still change that. */
  readonly open: boolean | null;
  /** Words on a transaction that ended without the user and that they have not taken note of; null where none did. */
  readonly gone: string | null;
  readonly limits: Limits;
  /** Every write is asked about, not only what is risky. */
  readonly everyWrite: boolean;
}
export type Preflight = { readonly refused: Fault } | { readonly questions: readonly Question[] };

export function preflight(text: string, parts: readonly ScriptStatement[], around: Circumstances): Preflight {
  const { mode, limits } = around;
  const questions: Question[] = [];
  let open = around.open;
  for (const [i, part] of parts.entries()) {
    const place = parts.length === 1 ? 'This' : `Statement ${i + 1} of ${parts.length}`;
    if (part.copyIn) return { refused: words.copyNeedsData(place, limits) };
    const bytes = Buffer.byteLength(text.slice(part.start, part.end));
    if (bytes >= MAX_PARSED_BYTES && !limits.unparsed)
      return { refused: words.tooLong(place, bytes, MAX_PARSED_BYTES) };
    if (part.alone !== null) {
      if (open === true) return { refused: words.cannotBeInTransaction(place, part.alone) };
      if (mode === 'manual') questions.push({ code: 'alone', ...words.runsAlone(part.alone) });
    } else if (part.step === null) open = mode === 'manual' ? true : open;
    else if (part.step.kind === 'begin') open = true;
    else if (part.step.kind === 'commit' || part.step.kind === 'rollback' || part.step.kind === 'prepare')
      open = part.step.chain;
    if (part.danger !== null) {
      const { title, detail, action } = part.danger;
      questions.push({ code: 'danger', title, detail, action });
    } else if (around.everyWrite && !part.reads && part.step === null)
      questions.push({ code: 'write', ...words.writes(text.slice(part.start, part.end)) });
  }
  const [first] = parts;
  // In manual mode a new transaction is opened, and who begins or ends one knows what they do.
  if (around.gone !== null && mode === 'auto' && first?.step == null && parts.some(({ reads }) => !reads))
    questions.unshift({ code: 'gone', ...words.gone(around.gone) });
  return { questions };
}

/** One question for all that has to be asked. */
export function asked(questions: readonly Question[]): Omit<Question, 'code'> | null {
  const [first] = questions;
  if (first === undefined) return null;
  const { title } = first;
  // The verb of the worst that will happen.
  const { action } =
    questions.find(({ code }) => code === 'danger') ?? questions.find(({ code }) => code === 'write') ?? first;
  const others = questions.slice(1);
  const [second] = others;
  const like = others.filter(({ code }) => code === first.code).length;
  if (like === others.length) {
    const more = like === 0 ? '' : ` ${like} more ${like === 1 ? 'statement' : 'statements'} of this text are like it.`;
    return { title, detail: `${first.detail}${more}`, action };
  }
  const more = others.length > 1 ? ` And ${others.length - 1} more like these.` : '';
  return { title, detail: `${first.detail} ${second?.title ?? ''} ${second?.detail ?? ''}${more}`, action };
}
