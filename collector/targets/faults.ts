/** Why a target could not be used, for the two who read it: an engineer in an incident, and whoever runs the collector. Pure. */

import { Fault } from '../../shared/errors.ts';

export interface TargetFault {
  readonly code: string;
  /** What follows the target's name: `does not answer the collector`. */
  readonly said: string;
  /** What to do, for an operator. */
  readonly todo: string;
}

const fault = (code: string, said: string, todo: string): TargetFault => ({ code, said, todo });
const DOWN = fault(
  'target_down',
  'does not answer the collector',
  'See that the database runs and that the collector reaches its host and port.',
);
const LOGIN = fault(
  'target_login',
  'does not let the collector in',
  'Renew the admin password in VITRINE_TARGET_…_ADMIN, and see pg_hba.conf.',
);
const FULL = fault(
  'target_full',
  'has no connection left for the collector',
  'Free connections, or raise max_connections or reserved_connections.',
);
const READ_ONLY = fault(
  'target_read_only',
  'takes no changes now (a standby, or set to read-only)',
  'Point the target at the primary, or lift default_transaction_read_only.',
);
const DISK = fault('target_disk_full', 'has no disk space left', 'Free disk space on the database.');
const NO_TLS = fault(
  'target_no_tls',
  'offers no TLS, which the policy demands',
  'Turn ssl on at the database. The policy allows a plain connection on loopback only.',
);
const CERTIFICATE = fault(
  'target_certificate',
  'shows a certificate that the collector does not trust',
  'Compare ca_file and server_name of the target in the policy with the certificate of the database.',
);
const ODD = fault('target_unavailable', 'did not answer as it should', 'The log of the collector has the error.');

/** SQLSTATE (PostgreSQL, appendix A), or the code of a socket, by how it begins. */
const CODES: readonly (readonly [RegExp, TargetFault])[] = [
  [/^28/, LOGIN],
  [/^53300$/, FULL],
  [/^25006$/, READ_ONLY],
  [/^53100$/, DISK],
  [/^(08|57P0|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/, DOWN],
  [/^(CERT_|ERR_TLS_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/, CERTIFICATE],
];

/** What a log line says of a target that could not be used, and what an operator does about it. */
export function operatorWords(target: string, error: unknown): string {
  if (error instanceof Fault) return error.message;
  const { said, todo } = targetFault(error);
  return `${target} ${said}. ${todo}`;
}

/** Never quotes the error, which may hold an address or a name. */
export function targetFault(error: unknown): TargetFault {
  if (!(error instanceof Error)) return ODD;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = CODES.find(([form]) => form.test(code))?.[1];
  if (known !== undefined) return known;
  if (/does not support SSL/.test(error.message)) return NO_TLS;
  if (/timeout|Connection terminated|terminated unexpectedly/i.test(error.message)) return DOWN;
  return ODD;
}
