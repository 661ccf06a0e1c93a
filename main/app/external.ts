/** Opening an address in the person's own browser: the login page and the review desk, nothing else. */
import { Fault } from '../../shared/errors.ts';

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);
/** An authorization request with its parameters is long, but not this long. */
const LONGEST = 16_384;

/**
 * The address in its normal form when it may be opened, else null: https, or http on loopback, without credentials, and
 * on one of the allowed origins (`https://login.example.com`).
 */
export function allowedExternal(address: string, origins: readonly string[]): string | null {
  if (address.length > LONGEST || !URL.canParse(address)) return null;
  const url = new URL(address);
  const encrypted = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
  if (!encrypted || url.username !== '' || url.password !== '') return null;
  return origins.some((origin) => URL.canParse(origin) && new URL(origin).origin === url.origin) ? url.href : null;
}

/** Rejects with `external_refused` for any other address. The query is not named: it may carry a login's `state`. */
export function externalOpener(
  open: (address: string) => Promise<void>,
  origins: () => readonly string[],
): (address: string) => Promise<void> {
  return async (address) => {
    const allowed = allowedExternal(address, origins());
    if (allowed === null) {
      const shown = URL.canParse(address) ? new URL(address).origin : 'an address that cannot be read';
      throw new Fault(
        'external_refused',
        `Vitrine does not open ${shown}: it is neither the collector nor its identity provider. Nothing was opened.`,
        'Check the address of the collector, or ask who operates it.',
      );
    }
    await open(allowed);
  };
}
