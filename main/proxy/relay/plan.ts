/**
 * What is to be done with the client's next messages, decided before any of it is done: which need a permit, which pass,
 * which are refused in which words. Pure but for the names it tracks, and every change there can be taken back.
 */
import type { Intent } from '../../../shared/audit/records.ts';
import type { Classified } from '../../../shared/sql/index.ts';
import type { IntentFacts } from '../../audit/index.ts';
import { randomBytes, randomId } from '../../random.ts';
import type { ControlType, Statement } from '../upstream.ts';
import { WireError } from '../wire/frames.ts';
import {
  BodyReader,
  errorResponse,
  front,
  readBind,
  readFunctionCall,
  readParse,
  readQuery,
  readyForQuery,
  type TransactionStatus,
} from '../wire/messages.ts';
import type { Item } from './inbox.ts';
import { judge, judgeCall, type Reading, type Refused, type Rules, readText } from './judge.ts';
import type { Names } from './names.ts';
import { Operation } from './operation.ts';
import { noPortal, noStatement, portalExists, preparedInSql } from './refusals.ts';
import type { Expected } from './replies.ts';
import { classifyKnown } from './texts.ts';

export type Step =
  | {
      readonly do: 'send';
      readonly facts: IntentFacts;
      readonly statement: Statement;
      readonly operation: Operation;
      readonly expected: Expected;
      /** The server may ask for COPY data: nothing that follows can be planned before it has answered. */
      readonly mayCopyIn: boolean;
    }
  | { readonly do: 'control'; readonly type: ControlType; readonly body: Buffer; readonly expected: Expected | null }
  | {
      readonly do: 'local';
      readonly expected: Expected;
      readonly refused: Refused | null;
      readonly about: Classified | null;
      /** Answers to what was sent before may wait in the server until it is asked for them. */
      readonly flush?: true;
    }
  /** As `local`, but the server's part of the cycle has to fail too. */
  | {
      readonly do: 'abort';
      readonly expected: Expected;
      readonly body: Buffer;
      readonly refused: Refused;
      readonly about: Classified | null;
    }
  | { readonly do: 'terminate' }
  /** The protocol is broken, or a cycle cannot be ended properly any more. */
  | { readonly do: 'fatal'; readonly refused: Refused };

export interface PlanState {
  /** Everything up to the next Sync is thrown away, as the server does after an error. */
  readonly skipping: boolean;
  /** Something of this cycle has been sent. */
  readonly sent: boolean;
  /** What was sent of this cycle is, for certain, inside a transaction block: its Sync will commit nothing. */
  readonly inBlock: boolean;
  readonly cycle: number;
}

export interface PlanContext {
  readonly names: Names;
  readonly rules: Rules;
  readonly origin: Intent['origin'];
  readonly reading: Reading;
  readonly status: TransactionStatus;
  /** Nothing is on its way to the server or back, so `status` is what is. */
  readonly settled: boolean;
  /** Refuses every statement: the gate is closed, or the log has failed. `closed`: not even a Sync may go. */
  readonly refuse: { readonly refused: Refused; readonly closed: boolean } | null;
}

export interface Planned {
  readonly step: Step | null;
  readonly state: PlanState;
}

/** One message of the client. Throws a WireError where its body is malformed. */
export function plan(
  item: Extract<Item, { kind: 'message' | 'oversized' }>,
  state: PlanState,
  context: PlanContext,
): Planned {
  const { type } = item;
  if (type === front.terminate) return { step: { do: 'terminate' }, state };
  if (type === front.sync) return planSync(state, context);
  if (state.skipping) return { step: null, state };
  if (item.kind === 'oversized') return refuse(type, tooLong(item.length), null, state, context);
  const { body } = item;
  switch (type) {
    case front.query:
      return planQuery(body, state, context);
    case front.parse:
      return planParse(body, state, context);
    case front.bind:
      return planBind(body, state, context);
    case front.execute:
      return planExecute(body, state, context);
    case front.functionCall:
      return planFunction(body, state, context);
    default:
      return planControl(type, body, state, context);
  }
}

function planSync(state: PlanState, context: PlanContext): Planned {
  const { cycle } = state;
  const next = fresh(cycle + 1);
  // A cycle of which nothing was sent needs no Sync there, and a closed gate allows none.
  if (!state.sent && (state.skipping || context.refuse?.closed === true))
    return {
      step: {
        do: 'local',
        expected: { kind: 'local', cycle, bytes: readyForQuery, ends: true },
        refused: null,
        about: null,
      },
      state: next,
    };
  if (context.refuse?.closed === true) return { step: { do: 'fatal', refused: context.refuse.refused }, state: next };
  return { step: { do: 'control', type: front.sync, body: empty, expected: { kind: 'sync', cycle } }, state: next };
}
const empty = Buffer.alloc(0);
export const fresh = (cycle: number): PlanState => ({ skipping: false, sent: false, inBlock: false, cycle });

/** After something of this cycle was sent. */
const sending = (state: PlanState, context: PlanContext): PlanState =>
  state.sent ? state : { ...state, sent: true, inBlock: context.settled && context.status === 'transaction' };

function planQuery(body: Buffer, state: PlanState, context: PlanContext): Planned {
  const bytes = readQuery(body);
  const read = readSql(bytes, context);
  if ('refused' in read) return refuse(front.query, read.refused, read.classified, state, context);
  const { text, classified } = read;
  const intent = randomId();
  const operation = new Operation({ intent, op: 'query', text, classified });
  // A simple query closes the unnamed statement and portal.
  const statement = context.names.setStatement('', null);
  const portal = context.names.setPortal('', null);
  const names = context.names.apply(classified.names);
  const undo = (completed?: number): void => {
    names(completed);
    portal(completed);
    statement.undo(completed);
  };
  return {
    step: {
      do: 'send',
      facts: facts(intent, 'query', null, text, classified, null, context),
      statement: { op: 'query', text: bytes },
      operation,
      expected: { kind: 'query', operation, cycle: state.cycle, undo },
      mayCopyIn: classified.copyIn || classified.kind === 'unparsed',
    },
    state: fresh(state.cycle + 1),
  };
}

function planParse(body: Buffer, state: PlanState, context: PlanContext): Planned {
  const parse = readParse(body);
  const read = readSql(parse.text, context);
  if ('refused' in read) return refuse(front.parse, read.refused, read.classified, state, context);
  if (context.names.full) return refuse(front.parse, tooMany, read.classified, state, context);
  const { text, classified } = read;
  const intent = randomId();
  const operation = new Operation({ intent, op: 'parse', text, classified });
  const change = context.names.setStatement(parse.name, { by: 'parse', intent, text, deeds: read.itself });
  return {
    step: {
      do: 'send',
      facts: facts(intent, 'parse', null, text, classified, null, context),
      statement: { op: 'parse', parse },
      operation,
      expected: { kind: 'parse', operation, cycle: state.cycle, ...change },
      mayCopyIn: false,
    },
    state: sending(state, context),
  };
}

function planBind(body: Buffer, state: PlanState, context: PlanContext): Planned {
  if (context.refuse !== null) return refuse(front.bind, context.refuse.refused, null, state, context);
  const { portal, statement, parameters } = readBind(body);
  const prepared = context.names.statement(statement);
  if (prepared?.by !== 'parse')
    return prepared === null
      ? fail(noStatement(shown(statement)), state)
      : refuse(front.bind, preparedInSql(shown(statement)), null, state, context);
  // The server refuses it only inside a transaction block; where it would not, which of the two runs could not be told.
  if (portal !== '' && context.names.portal(portal) !== null) return fail(portalExists(shown(portal)), state);
  const undo = context.names.setPortal(portal, { prepared, parameters, cycle: state.cycle });
  return {
    step: { do: 'control', type: front.bind, body, expected: { kind: 'bind', cycle: state.cycle, undo } },
    state: sending(state, context),
  };
}

function planExecute(body: Buffer, state: PlanState, context: PlanContext): Planned {
  const reader = new BodyReader(body);
  const name = reader.name();
  reader.int32();
  if (context.refuse !== null) return refuse(front.execute, context.refuse.refused, null, state, context);
  const portal = context.names.portal(name);
  if (portal === null) return fail(noPortal(shown(name)), state);
  const { prepared, parameters } = portal;
  const { text } = prepared;
  const classified = context.names.resolve(prepared.deeds);
  const refused = judge(text, classified, context.rules, context.reading);
  // A position would be one in the text of the Parse.
  if (refused !== null) return refuse(front.execute, { ...refused, position: undefined }, classified, state, context);
  const intent = randomId();
  const operation = new Operation({ intent, op: 'execute', text, classified });
  // The end of a transaction closes its portals, here before the Sync tells it.
  const undo = context.names.apply(endsTransaction(classified) ? [...classified.names, closeAll] : classified.names);
  const next = sending(state, context);
  return {
    step: {
      do: 'send',
      facts: facts(intent, 'execute', prepared.intent, null, classified, parameters, context),
      statement: { op: 'execute', body },
      operation,
      expected: { kind: 'execute', operation, cycle: state.cycle, undo },
      mayCopyIn: classified.copyIn || classified.kind === 'unparsed',
    },
    state: { ...next, inBlock: blockAfter(classified, next.inBlock) },
  };
}

const closeAll = { do: 'close', name: null, statement: 0 } as const;

/** Whether a transaction block is open behind this statement, if it succeeds; when it fails, the rest is skipped. */
function blockAfter(classified: Classified, before: boolean): boolean {
  const { kind, transaction } = classified;
  if (transaction === 'begin') return true;
  return before && !endsTransaction(classified) && kind !== 'unparsed';
}
const endsTransaction = ({ transaction }: Classified): boolean =>
  transaction === 'commit' || transaction === 'rollback' || transaction === 'prepare';

function planFunction(body: Buffer, state: PlanState, context: PlanContext): Planned {
  if (context.refuse !== null) return refuse(front.functionCall, context.refuse.refused, null, state, context);
  const call = readFunctionCall(body);
  const refused = judgeCall(call.oid, context.rules);
  if (refused !== null) return refuse(front.functionCall, refused, null, state, context);
  const intent = randomId();
  const operation = new Operation({ intent, op: 'function', text: null, classified: null });
  const parameters = [`function ${call.oid}`, ...call.parameters];
  return {
    step: {
      do: 'send',
      facts: facts(intent, 'function', null, null, null, parameters, context),
      statement: { op: 'function', body },
      operation,
      expected: { kind: 'function', operation, cycle: state.cycle },
      mayCopyIn: false,
    },
    state: fresh(state.cycle + 1),
  };
}

/** Describe, Close and Flush. */
function planControl(type: number, body: Buffer, state: PlanState, context: PlanContext): Planned {
  const { cycle } = state;
  if (context.refuse?.closed === true) return refuse(type, context.refuse.refused, null, state, context);
  if (type === front.flush) return { step: { do: 'control', type: front.flush, body, expected: null }, state };
  if (type === front.describe)
    return {
      step: { do: 'control', type: front.describe, body, expected: { kind: 'describe', cycle } },
      state: sending(state, context),
    };
  if (type !== front.close) throw new WireError('unknown message');
  const reader = new BodyReader(body);
  const what = reader.take(1)[0];
  const name = reader.name();
  const undo = what === 0x53 ? context.names.setStatement(name, null).undo : context.names.setPortal(name, null);
  return {
    step: { do: 'control', type: front.close, body, expected: { kind: 'close', cycle, undo } },
    state: sending(state, context),
  };
}

/** The right refusal for the protocol that is being spoken, in the right place of the answers. */
function refuse(
  type: number,
  refused: Refused,
  about: Classified | null,
  state: PlanState,
  context: PlanContext,
): Planned {
  const { cycle } = state;
  const error = errorResponse('ERROR', refused);
  if (type === front.query || type === front.functionCall) {
    const bytes = (status: TransactionStatus): Buffer => Buffer.concat([error, readyForQuery(status)]);
    return {
      step: { do: 'local', expected: { kind: 'local', cycle, bytes }, refused, about },
      state: { ...state, skipping: false },
    };
  }
  if (type === front.flush) return { step: null, state };
  const skipping = { ...state, skipping: true };
  if (state.sent && context.refuse?.closed === true) return { step: { do: 'fatal', refused }, state: skipping };
  // What was sent of this cycle must not be committed by its Sync, as with any error.
  // In a transaction block a Sync commits nothing, and a refusal is no reason to lose the transaction.
  if (state.sent && !state.inBlock) return fail(refused, state, about);
  const expected = { kind: 'local', cycle, bytes: () => error } as const;
  return {
    step: { do: 'local', expected, refused, about, ...(state.sent ? { flush: true } : {}) },
    state: skipping,
  };
}
/** The server is made to fail here, with all that follows from it; the client gets these words for it. */
function fail(refused: Refused, state: PlanState, about: Classified | null = null): Planned {
  const { cycle } = state;
  const expected = { kind: 'refused', error: errorResponse('ERROR', refused), cycle } as const;
  return {
    step: { do: 'abort', expected, body: Buffer.from(`P${nowhere()}\0`), refused, about },
    state: { ...state, skipping: true, sent: true },
  };
}
/** Name of a portal that cannot exist. */
const nowhere = (): string => `refused-${randomBytes(16).toString('hex')}`;

/** `classified` is what the text really does now, `itself` what it says; they differ where it executes by name. */
function readSql(
  bytes: Buffer,
  context: PlanContext,
): { text: string; classified: Classified; itself: Classified } | { refused: Refused; classified: Classified | null } {
  const read = readText(bytes, context.reading);
  if ('refused' in read) return { refused: context.refuse?.refused ?? read.refused, classified: null };
  const itself = classifyKnown(read.text);
  const classified = context.names.resolve(itself);
  const refused =
    context.refuse?.refused ??
    judge(read.text, classified, context.rules, context.reading) ??
    (context.names.full && itself.names.some((step) => step.do === 'prepare') ? tooMany : null);
  return refused === null ? { text: read.text, classified, itself } : { refused, classified };
}

/** A name as it came, in the words of an error. */
const shown = (name: string): string => Buffer.from(name, 'latin1').toString('utf8');

function facts(
  id: string,
  op: IntentFacts['op'],
  of: string | null,
  text: string | null,
  classified: Classified | null,
  parameters: readonly (string | null)[] | null,
  context: PlanContext,
): IntentFacts {
  return {
    id,
    op,
    of,
    kind: op === 'function' ? 'function' : (classified?.kind ?? 'execute'),
    n: classified?.n ?? 1,
    fp: classified?.fp ?? null,
    norm: classified?.norm ?? null,
    text,
    parameters: parameters === null || parameters.length === 0 ? null : parameters,
    tx: context.status,
    origin: context.origin,
  };
}

const tooLong = (length: number): Refused => ({
  rule: 'too_long',
  code: '54000',
  message: `the statement or its parameters are too long: ${length} bytes`,
  detail: 'It was not sent; the limit is 64 MiB.',
  hint: 'Send it in parts, or use COPY.',
});
const tooMany: Refused = {
  rule: 'too_many_names',
  code: '54000',
  message: 'too many prepared statements on this connection',
  hint: 'Close some of them.',
};
