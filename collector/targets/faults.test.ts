import { describe, expect, it } from 'vitest';
import { targetFault } from './faults.ts';

const error = (code: string, message = 'secret.example:5432 refused admin'): Error =>
  Object.assign(new Error(message), { code });

describe('why a target could not be used', () => {
  it.each([
    ['28P01', 'target_login'],
    ['28000', 'target_login'],
    ['53300', 'target_full'],
    ['25006', 'target_read_only'],
    ['53100', 'target_disk_full'],
    ['57P03', 'target_down'],
    ['08006', 'target_down'],
    ['ECONNREFUSED', 'target_down'],
    ['ENOTFOUND', 'target_down'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'target_certificate'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'target_certificate'],
    ['XX000', 'target_unavailable'],
  ])('%s is %s, and the words quote nothing of the error', (code, wanted) => {
    const found = targetFault(error(code));
    expect(found.code).toBe(wanted);
    expect(found.said + found.todo).not.toContain('secret.example');
  });

  it('is told by the driver’s words where there is no code', () => {
    expect(targetFault(new Error('The server does not support SSL connections')).code).toBe('target_no_tls');
    expect(targetFault(new Error('timeout exceeded when trying to connect')).code).toBe('target_down');
    expect(targetFault(new Error('Connection terminated unexpectedly')).code).toBe('target_down');
    expect(targetFault('what').code).toBe('target_unavailable');
  });
});
