/** The gate's refusals, in PostgreSQL's manner: SQLSTATE, message, detail, and what to do next. Pure. (I6) */
import { codePointOfByte, type Deeds, type Effect, type EffectKind } from '../../../shared/sql/index.ts';
import type { Refusal } from '../wire/messages.ts';

/** `rule` is the short code that the log keeps. */
export interface Refused extends Refusal {
  readonly rule: string;
}

const notSent = 'It was not sent.';

/** What no grant allows: it is in no scope, or would be there when the grant is not. */
const never: Partial<Record<EffectKind, { readonly detail: string; readonly hint: string; readonly code: string }>> = {
  outside: {
    code: '42501',
    detail: `It reaches files, programs or other servers, which no scope names. ${notSent}`,
    hint: 'Work inside this database; COPY … TO STDOUT, or \\copy in psql, brings rows to you.',
  },
  role: {
    code: '42501',
    detail: `The role of a grant is made for it and ends with it. ${notSent}`,
    hint: 'Ask an operator to change roles.',
  },
  privileges: {
    code: '42501',
    detail: `It would give others what this grant has, for longer than it lives. ${notSent}`,
    hint: 'Ask an operator to change who may do what.',
  },
  outlive: {
    code: '0A000',
    detail: `It would outlive the connection, and with it the grant. ${notSent}`,
    hint: 'Do the work inside the grant: COMMIT or ROLLBACK, SET for this connection.',
  },
};

/** What a grant to read does not allow besides writing. */
const inRead: Partial<Record<EffectKind, { readonly detail: string; readonly hint: string }>> = {
  lock: {
    detail: `It takes a lock that makes others wait. ${notSent}`,
    hint: 'Read without the lock, or ask for a grant whose scope allows writing.',
  },
  maintain: {
    detail: `It works on tables of others. ${notSent}`,
    hint: 'Ask for a grant whose scope allows writing.',
  },
  signal: {
    detail: `It reaches other sessions. ${notSent}`,
    hint: 'Ask for a grant whose scope allows writing.',
  },
  server: {
    detail: `It changes the state of the server. ${notSent}`,
    hint: 'Ask an operator of the database.',
  },
  opaque: {
    detail: `What it does cannot be read before it runs. ${notSent}`,
    hint: 'Run the statements themselves, or ask for a grant whose scope allows writing.',
  },
};

/** What an effect is refused for; null where it may be. */
export function refusedEffect(effect: Effect, text: string, readOnly: boolean): Refused | null {
  const { kind, what } = effect;
  const position = positionOf(text, effect.at);
  if (kind === 'portal') return portalByName(what, position);
  const always = never[kind];
  if (always !== undefined) return { rule: kind, message: `${what} is not allowed in a grant`, position, ...always };
  if (!readOnly) return null;
  if (kind === 'unknown') return unknownStatement(what, position);
  const special = inRead[kind];
  return {
    rule: special === undefined ? 'read_only' : `read_only:${kind}`,
    code: '25006',
    message: `this grant is read-only: ${what} is not allowed`,
    detail: special?.detail ?? 'The statement was not sent.',
    hint: special?.hint ?? 'Ask for a grant whose scope allows writing.',
    position,
  };
}

/** 1-based, in code points, as PostgreSQL counts. */
export const positionOf = (text: string, at: number | null): number | undefined =>
  at === null ? undefined : codePointOfByte(text, at) + 1;

const unknownStatement = (name: string, position: number | undefined): Refused => ({
  rule: 'unknown_statement',
  code: '26000',
  message: `prepared statement "${name}" does not exist`,
  detail: `It was not prepared on this connection, so what it would do is not known. ${notSent}`,
  hint: 'PREPARE it first.',
  position,
});

/** The rows would come without a record of what the Bind gave. */
const portalByName = (name: string, position: number | undefined): Refused => ({
  rule: 'portal_by_name',
  code: '0A000',
  message: `portal "${name}" was made by a Bind message and cannot be used as a cursor`,
  detail: `Its parameters are recorded with an Execute message only. ${notSent}`,
  hint: 'Send Execute, or DECLARE a cursor.',
  position,
});

/** In the words of the server, which would say the same. */
export const noStatement = (name: string): Refused => ({
  rule: 'unknown_statement',
  code: '26000',
  message: `prepared statement "${name}" does not exist`,
  detail: 'No Parse message of this connection has made it.',
  hint: 'Prepare it again.',
});
export const preparedInSql = (name: string): Refused => ({
  rule: 'prepared_in_sql',
  code: '0A000',
  message: `prepared statement "${name}" was made by PREPARE and cannot be bound`,
  detail: 'The record ties every Execute message to the Parse message of its statement.',
  hint: 'Use EXECUTE, or prepare it with a Parse message.',
});
export const noPortal = (name: string): Refused => ({
  rule: 'unknown_portal',
  code: '34000',
  message: `portal "${name}" does not exist`,
  detail: 'No Bind message of this transaction has made it.',
  hint: 'Bind it again; rows of a cursor come with FETCH.',
});
export const portalExists = (name: string): Refused => ({
  rule: 'portal_exists',
  code: '42P03',
  message: `portal "${name}" already exists`,
  detail: notSent,
  hint: 'Close it first, or use another name.',
});

/** A session that something has taken out of the fence of a read grant: a function can, the gate does not see it. */
export const fenceIsDown: Refused = {
  rule: 'fence:default_transaction_read_only',
  code: '25006',
  message: 'this connection is not held to reading any more: default_transaction_read_only is off',
  detail: `Something that it ran has turned it off. ${notSent}`,
  hint: 'RESET default_transaction_read_only, or connect again.',
};

export const refusedCall = (name: string | null): Refused => ({
  rule: name === null ? 'read_only:opaque' : `function:${name}`,
  code: name === null ? '25006' : '42501',
  message:
    name === null
      ? 'this grant is read-only: a function call by number is not allowed'
      : `calling ${name}() by its number is not allowed in a grant`,
  detail: `What it does cannot be read before it runs. ${notSent}`,
  hint: name === 'set_config' ? 'Use SET.' : 'Call it with SELECT.',
});

const TAG = '/*vitrine:';
/** Our own mark in the text of somebody else: whoever compares records with the server's log would be led astray. */
export function forgedTag(text: string): Refused | null {
  const at = text.indexOf(TAG);
  if (at < 0) return null;
  return {
    rule: 'forged_tag',
    code: '0A000',
    message: `"${TAG}" is not allowed in a statement`,
    detail: `It marks what Vitrine sends, so that the server's log can be compared with the record. ${notSent}`,
    hint: "Leave it out, or write it in two parts: '/*' || 'vitrine:'.",
    position: [...text.slice(0, at)].length + 1,
  };
}

/** The first effect that is refused. */
export function refusedDeeds(deeds: Deeds, text: string, readOnly: boolean): Refused | null {
  for (const effect of deeds.effects) {
    const refused = refusedEffect(effect, text, readOnly);
    if (refused !== null) return refused;
  }
  return null;
}
