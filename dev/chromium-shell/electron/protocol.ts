/** `protocol`: privileged schemes once and before ready, handlers after. */
import { type Addresses, makeAddresses } from '../address.ts';
import { strict } from './strict.ts';

type Handler = (request: Request) => Response | Promise<Response>;
interface Scheme {
  scheme: string;
  privileges?: Record<string, boolean>;
}

export class ProtocolDouble {
  readonly #isReady: () => boolean;
  #schemes: ReadonlyMap<string, Readonly<Record<string, boolean>>> | null = null;
  readonly #handlers = new Map<string, Handler>();

  constructor(isReady: () => boolean) {
    this.#isReady = isReady;
  }

  registerSchemesAsPrivileged(schemes: readonly Scheme[]): void {
    if (this.#isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    // Electron lets a second call silently replace the first; here it is an error.
    if (this.#schemes) throw new Error('protocol.registerSchemesAsPrivileged was called twice');
    for (const { scheme, privileges } of schemes)
      if (privileges?.bypassCSP) throw new Error(`The double refuses bypassCSP for ${scheme}:`);
    this.#schemes = new Map(schemes.map(({ scheme, privileges }) => [scheme, privileges ?? {}]));
  }
  handle(scheme: string, handler: Handler): void {
    this.#assertReady('handle');
    if (this.#handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    this.#handlers.set(scheme, handler);
  }
  unhandle(scheme: string): void {
    this.#assertReady('unhandle');
    if (!this.#handlers.delete(scheme)) throw new Error(`Failed to unhandle protocol: ${scheme}`);
  }
  isProtocolHandled(scheme: string): boolean {
    this.#assertReady('isProtocolHandled');
    return this.#handlers.has(scheme) || ['http', 'https', 'file', 'data', 'about'].includes(scheme);
  }

  /** For the double: a scheme that pages may be loaded from. */
  isStandard(scheme: string): boolean {
    const privileges = this.#schemes?.get(scheme);
    return privileges?.standard === true && privileges.secure === true;
  }
  /** For the double: who answers requests of this scheme. */
  handlerOf(scheme: string): Handler | undefined {
    return this.#handlers.get(scheme);
  }

  #assertReady(what: string): void {
    if (!this.#isReady()) throw new Error(`protocol.${what} can only be called after app is ready`);
  }
}

export function makeProtocol(isReady: () => boolean): {
  protocol: ProtocolDouble;
  inner: ProtocolDouble;
  addresses: Addresses;
} {
  const inner = new ProtocolDouble(isReady);
  return { inner, protocol: strict('protocol', inner), addresses: makeAddresses((scheme) => inner.isStandard(scheme)) };
}
