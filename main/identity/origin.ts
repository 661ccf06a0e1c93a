/** Which addresses may carry a login or a record at all. */
import { Fault } from '../../shared/errors.ts';

/** Plain HTTP is accepted on loopback only. Throws a Fault `insecure_origin`. */
export function assertSecureOrigin(url: URL, what: string): void {
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && loopback)) return;
  throw new Fault(
    'insecure_origin',
    `The ${what} ${url.origin} does not use HTTPS.`,
    'Ask its operator for the https address.',
  );
}
