/** Which request would write where a grant only reads: the same in everything else that the policy allows. Pure. */
import type { Options } from '../../shared/api.ts';
import { Fault } from '../../shared/errors.ts';
import type { GrantClaims } from '../../shared/grants.ts';
import type { Prefill } from '../../shared/ipc.ts';
import type { WriteOffer } from '../../shared/ipc-access.ts';

export interface WriteRequest {
  readonly offer: WriteOffer;
  /** Not the minutes: writing may have others. */
  readonly prefill: Prefill;
}

/** The first scope that writes with the severity that is held, else with one that can be used. Throws a Fault. */
export function writeRequest(
  options: Options,
  held: Pick<GrantClaims, 'target' | 'scope' | 'severity' | 'ticket' | 'reason'>,
): WriteRequest {
  if (held.scope.mode === 'write') throw new Fault('writes_already', 'This grant writes already.');
  const target = options.targets.find(({ id }) => id === held.target.id);
  const offered = (target?.scopes ?? [])
    .filter(({ mode }) => mode === 'write')
    .flatMap((scope) => scope.severities.map((severity) => ({ scope, severity })))
    .filter(({ severity }) => severity.refused === null);
  const found = offered.find(({ severity }) => severity.id === held.severity) ?? offered[0];
  if (found === undefined)
    throw new Fault(
      'no_write_scope',
      `The policy offers you no access that writes to ${held.target.label}. Nothing was handed back.`,
      'Somebody who may write has to do it, or whoever keeps the policy has to allow it.',
    );
  const { scope, severity } = found;
  const { ticket, reason } = held;
  return {
    offer: { scope: scope.label, severity: severity.label, same_severity: severity.id === held.severity },
    prefill: { target: held.target.id, scope: scope.id, severity: severity.id, ticket, reason },
  };
}
