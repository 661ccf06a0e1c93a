/**
 * OIDC login where no browser can open here (RFC 8628): the person types a short code on any other device. The same
 * `nonce` travels with the device authorization request, and an ID token that does not carry it is refused: not every
 * provider keeps a nonce in this flow, and a login that does not commit to the device key proves nothing. (I4)
 */
import * as oidc from 'openid-client';
import { Fault } from '../../shared/errors.ts';
import { assertSecureOrigin } from './origin.ts';

export interface DeviceCode {
  /** What the person types. */
  readonly userCode: string;
  readonly verificationUri: string;
  /** The same page with the code filled in; null where the provider has none. */
  readonly verificationUriComplete: string | null;
  /** Seconds until the code has run out. */
  readonly expiresIn: number;
}

export interface DeviceCodeWish {
  readonly scope: string;
  /** Commits to the device key. */
  readonly nonce: string;
  readonly signal: AbortSignal;
  /** Further parameters of the request: how fresh and how strong. */
  readonly wish: Readonly<Record<string, string>>;
  show(code: DeviceCode): void;
}

export type Tokens = oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers;

/** Whether the provider speaks RFC 8628 at all. */
export const offersDeviceCode = (config: oidc.Configuration): boolean =>
  config.serverMetadata().device_authorization_endpoint !== undefined;

/** Rejects with a Fault: `no_device_code`, `login_cancelled`, `login_refused`, `login_lapsed`, `login_unbound`. */
export async function loginByDeviceCode(config: oidc.Configuration, wish: DeviceCodeWish): Promise<Tokens> {
  if (!offersDeviceCode(config)) {
    throw new Fault(
      'no_device_code',
      'The identity provider offers no sign-in by code.',
      'Sign in with a browser on this machine: leave --device-code out.',
    );
  }
  const started = await oidc.initiateDeviceAuthorization(config, {
    scope: wish.scope,
    nonce: wish.nonce,
    // As with the browser, where the provider heeds it here: whatever session that browser has, the person is asked.
    prompt: 'login consent',
    ...wish.wish,
  });
  assertSecureOrigin(new URL(started.verification_uri), 'sign-in page');
  wish.show({
    userCode: started.user_code,
    verificationUri: started.verification_uri,
    verificationUriComplete: started.verification_uri_complete ?? null,
    expiresIn: started.expires_in,
  });
  const lapsed = AbortSignal.timeout(started.expires_in * 1000);
  const tokens = await poll(config, started, AbortSignal.any([wish.signal, lapsed])).catch((error: unknown) => {
    if (wish.signal.aborted) throw new Fault('login_cancelled', 'The sign-in was cancelled.');
    throw asFault(error, lapsed.aborted);
  });
  if (tokens.claims()?.nonce !== wish.nonce) {
    const token = tokens.refresh_token ?? tokens.access_token;
    await oidc.tokenRevocation(config, token).catch(() => undefined);
    throw new Fault(
      'login_unbound',
      'The identity provider signed you in, but its answer does not name the key of this device, so it was not used.',
      'Its sign-in by code does not carry the nonce. Sign in with a browser on this machine: leave --device-code out.',
    );
  }
  return tokens;
}

/** Asks until there is an answer; a connection that fails meanwhile is no answer (RFC 8628 section 3.5). */
async function poll(
  config: oidc.Configuration,
  started: oidc.DeviceAuthorizationResponse,
  signal: AbortSignal,
): Promise<Tokens> {
  for (;;) {
    try {
      return await oidc.pollDeviceAuthorizationGrant(config, started, undefined, { signal });
    } catch (error) {
      if (signal.aborted || !isOutage(error)) throw error;
    }
  }
}

/** `fetch` fails with a TypeError; a request that took too long carries this code. */
const isOutage = (error: unknown): boolean =>
  error instanceof TypeError || (error instanceof oidc.ClientError && error.code === 'OAUTH_TIMEOUT');

function asFault(error: unknown, lapsed: boolean): Error {
  const code = error instanceof oidc.ResponseBodyError ? error.error : null;
  if (lapsed || code === 'expired_token') {
    return new Fault('login_lapsed', 'The code ran out before anybody used it.', 'Start again to get a new one.', {
      cause: error,
    });
  }
  if (code === 'access_denied') {
    return new Fault('login_refused', 'The sign-in was refused or cancelled in the browser.', 'Sign in again.', {
      cause: error,
    });
  }
  return error instanceof Error ? error : new Error(String(error));
}
