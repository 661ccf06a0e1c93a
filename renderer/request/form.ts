/** The request form without its looks: what is chosen, what is allowed, what is wrong. Pure. */
import type { AccessRequest, Options, ScopeOption, SeverityOption, TargetOption } from '../../shared/api.ts';

export interface Draft {
  readonly target: string;
  readonly scope: string;
  readonly severity: string;
  readonly ticket: string;
  readonly reason: string;
  /** As typed. */
  readonly minutes: string;
}
export type DraftField = keyof Draft;
/** What a deep link or the last request fills in. */
export type Prefill = { readonly [K in keyof AccessRequest]?: AccessRequest[K] | undefined };

/** The same shape as `ticketId` in shared/grants.ts (a test compares them); zod stays out of the bundle. */
export const TICKET = /^[A-Z][A-Z0-9]{0,15}-\d{1,10}$/;
export const REASON = { min: 8, max: 500 } as const;

export interface Chosen {
  readonly target: TargetOption;
  readonly scope: ScopeOption;
  readonly severity: SeverityOption;
}

/** What the draft points at; where it points at nothing, the first that can be used. Null: the policy offers nothing. */
export function chosen(options: Options, draft: Pick<Draft, 'target' | 'scope' | 'severity'>): Chosen | null {
  const target = options.targets.find((t) => t.id === draft.target) ?? options.targets[0];
  const scope = target?.scopes.find((s) => s.id === draft.scope) ?? target?.scopes[0];
  const severity =
    scope?.severities.find((s) => s.id === draft.severity) ??
    scope?.severities.find((s) => s.refused === null) ??
    scope?.severities[0];
  return target === undefined || scope === undefined || severity === undefined ? null : { target, scope, severity };
}

export function initialDraft(options: Options, prefill: Prefill): Draft {
  const wanted = { target: prefill.target ?? '', scope: prefill.scope ?? '', severity: prefill.severity ?? '' };
  const choice = chosen(options, wanted);
  return {
    target: choice?.target.id ?? '',
    scope: choice?.scope.id ?? '',
    severity: choice?.severity.id ?? '',
    ticket: prefill.ticket ?? '',
    reason: prefill.reason ?? '',
    minutes: String(prefill.minutes ?? choice?.severity.default_minutes ?? ''),
  };
}

/**
 * A field changed. Target, scope and severity depend on each other, so the rest follows to what can be used; the
 * minutes follow the severity's default unless the person had typed their own and they still fit.
 */
export function change(options: Options, draft: Draft, field: DraftField, value: string): Draft {
  const before = chosen(options, draft);
  const next = { ...draft, [field]: value };
  if (field !== 'target' && field !== 'scope' && field !== 'severity') return next;
  const after = chosen(options, next);
  if (after === null) return next;
  const own = draft.minutes !== String(before?.severity.default_minutes);
  const fits = Number(draft.minutes) <= after.severity.max_minutes;
  return {
    ...next,
    target: after.target.id,
    scope: after.scope.id,
    severity: after.severity.id,
    minutes: own && fits ? draft.minutes : String(after.severity.default_minutes),
  };
}

export type Errors = Partial<Record<DraftField, string>>;

/** What is wrong, by field, in the order of the form. Empty: it can be sent. */
export function check(draft: Draft, choice: Chosen): Errors {
  const errors: Errors = {};
  if (choice.severity.refused !== null) errors.severity = choice.severity.refused;
  const minutes = Number(draft.minutes);
  if (!Number.isInteger(minutes) || minutes < 1) errors.minutes = 'A whole number of minutes, at least 1.';
  else if (minutes > choice.severity.max_minutes) {
    errors.minutes = `At most ${choice.severity.max_minutes} with ${choice.severity.id}.`;
  }
  if (!TICKET.test(draft.ticket.trim())) {
    errors.ticket = draft.ticket.trim() === '' ? 'Which incident is it?' : 'Like INC-4711.';
  }
  const reason = draft.reason.trim();
  if (reason.length < REASON.min) errors.reason = 'Say in a sentence what you need to find out or repair.';
  else if (reason.length > REASON.max) errors.reason = `${reason.length} of at most ${REASON.max} characters.`;
  return errors;
}

/** Whether the main button breaks the glass at once; else it asks for approval. */
export const opensAtOnce = (severity: SeverityOption): boolean => severity.alone || severity.approvals === 0;

export const toRequest = (draft: Draft, choice: Chosen, alone: boolean): AccessRequest => ({
  target: choice.target.id,
  scope: choice.scope.id,
  severity: choice.severity.id,
  ticket: draft.ticket.trim(),
  reason: draft.reason.trim(),
  minutes: Number(draft.minutes),
  alone,
});
