/**
 * OIDC login in the system browser: authorization code + PKCE with a loopback redirect (RFC 8252), `state`, issuer
 * check, and a `nonce` that commits to the device key (docs/record-format.md, 6); or by a code that the person types elsewhere
 * (`device-code.ts`), with the same nonce. Refresh is single-flight and never counts as re-authentication. (I4)
 */
import { createHash, randomBytes } from 'node:crypto';
import * as oidc from 'openid-client';
import { bindingNonce } from '../../shared/audit/binding.ts';
import { toBase64url } from '../../shared/encoding.ts';
import { Fault } from '../../shared/errors.ts';
import { type Asked, askedWords, LACKING_WORDS, lacking } from '../../shared/step-up.ts';
import { type DeviceCode, loginByDeviceCode, offersDeviceCode, type Tokens } from './device-code.ts';
import type { DeviceKey } from './device-key.ts';
import { listenForCallback } from './loopback.ts';
import { assertSecureOrigin } from './origin.ts';

export interface Login {
  readonly idToken: string;
  /** The 128 random bits in the nonce, base64url. */
  readonly salt: string;
  readonly sub: string;
  readonly name: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** When the person last proved who they are, seconds since the epoch; null when the provider does not say. */
  readonly authTime: number | null;
}

export interface OidcLogin {
  /**
   * Resolves when the browser came back or the code was confirmed; rejects with a Fault (`login_cancelled`,
   * `login_refused`, `login_failed`, and those of `device-code.ts`).
   */
  signIn(key: Pick<DeviceKey, 'thumbprint'>, signal: AbortSignal): Promise<Login>;
  /**
   * Asks the same person to prove once more who they are, as fresh and as strongly as `asked`; the answer is checked here
   * too. Rejects like `signIn`, and with `login_other_person` or `login_not_fresh`; the login before it then stays.
   */
  signInAgain(key: Pick<DeviceKey, 'thumbprint'>, asked: Asked, signal: AbortSignal): Promise<Login>;
  /** The current login with an ID token valid for at least 30 s more. Throws a Fault `login_expired`. */
  current(): Promise<Login>;
  signOut(): Promise<void>;
}

export interface LoginOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Space-separated OIDC scopes. */
  readonly scope: string;
  /** `handIn` takes the address that a browser on another machine ended on; false when it is not the answer. */
  readonly openBrowser: (url: string, handIn: (address: string) => boolean) => Promise<void>;
  /** Sign in by a code instead. Asked at each sign-in. */
  readonly deviceCode?: {
    wanted(): 'no' | 'where offered' | 'yes';
    show(code: DeviceCode): void;
  };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest();

export async function openLogin(options: LoginOptions): Promise<OidcLogin> {
  const issuer = new URL(options.issuer);
  const config = await discover(issuer, options.clientId);
  let login: Login | null = null;
  let refreshToken: string | null = null;
  let refreshing: Promise<Login> | null = null;

  function accept(tokens: Tokens, salt: string): Login {
    const claims = tokens.claims();
    if (claims === undefined || tokens.id_token === undefined) {
      throw new Fault('login_failed', 'The identity provider answered without an ID token.');
    }
    refreshToken = tokens.refresh_token ?? refreshToken;
    login = {
      idToken: tokens.id_token,
      salt,
      sub: claims.sub,
      name: typeof claims.name === 'string' ? claims.name : claims.sub,
      expiresAt: claims.exp,
      authTime: typeof claims.auth_time === 'number' ? claims.auth_time : null,
    };
    return login;
  }

  async function refresh(previous: Login): Promise<Login> {
    if (refreshToken === null) throw expired();
    try {
      return accept(await oidc.refreshTokenGrant(config, refreshToken), previous.salt);
    } catch (cause) {
      if (cause instanceof oidc.ResponseBodyError) {
        refreshToken = null;
        throw expired(cause);
      }
      throw new Fault(
        'idp_unreachable',
        'The identity provider cannot be reached.',
        'Nothing is lost; it is tried again.',
        { cause },
      );
    }
  }

  async function byBrowser(nonce: string, signal: AbortSignal, wish: Wish): Promise<Tokens> {
    const state = oidc.randomState();
    const verifier = oidc.randomPKCECodeVerifier();
    const callback = await listenForCallback(signal);
    try {
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: callback.redirectUri,
        scope: options.scope,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        prompt: 'login consent',
        ...wish,
      });
      await options.openBrowser(url.href, callback.handIn);
      return await oidc.authorizationCodeGrant(config, await callback.answer, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
    } finally {
      callback.close();
    }
  }

  /** Tokens that commit to the device key with a salt of their own; not taken yet. */
  async function tokensFor(key: Pick<DeviceKey, 'thumbprint'>, signal: AbortSignal, wish: Wish) {
    const salt = toBase64url(randomBytes(16));
    const nonce = bindingNonce(key.thumbprint, salt, { sha256 });
    const { deviceCode, scope } = options;
    const wanted = deviceCode?.wanted() ?? 'no';
    const byCode = wanted === 'yes' || (wanted === 'where offered' && offersDeviceCode(config));
    const tokens =
      deviceCode !== undefined && byCode
        ? await loginByDeviceCode(config, { scope, nonce, signal, wish, show: (code) => deviceCode.show(code) })
        : await byBrowser(nonce, signal, wish);
    return { tokens, salt };
  }

  return {
    async signIn(key, signal) {
      try {
        const { tokens, salt } = await tokensFor(key, signal, {});
        return accept(tokens, salt);
      } catch (error) {
        throw asFault(error);
      }
    },
    async signInAgain(key, asked, signal) {
      const before = login;
      if (before === null) throw expired();
      const wish = { max_age: String(asked.max_age), ...(asked.acr === undefined ? {} : { acr_values: asked.acr }) };
      try {
        const { tokens, salt } = await tokensFor(key, signal, wish);
        const refusal = refusalOf(tokens, before.sub, asked);
        if (refusal === null && login !== null) return accept(tokens, salt);
        await oidc.tokenRevocation(config, tokens.refresh_token ?? tokens.access_token).catch(() => undefined);
        // Somebody has signed out in the meantime.
        throw refusal ?? expired();
      } catch (error) {
        throw asFault(error);
      }
    },
    async current() {
      if (login === null) throw expired();
      if (login.expiresAt * 1000 - options.now() > 30_000) return login;
      refreshing ??= refresh(login).finally(() => {
        refreshing = null;
      });
      return refreshing;
    },
    async signOut() {
      const token = refreshToken;
      login = null;
      refreshToken = null;
      // Best effort: the tokens are forgotten here whatever the provider answers.
      if (token !== null) await oidc.tokenRevocation(config, token).catch(() => undefined);
    },
  };
}

/** Further parameters of the authorization request. */
type Wish = Readonly<Record<string, string>>;

/**
 * Why the answer to a sign-in that had to be fresh is not used; null where it is. The provider's own clock tells its age:
 * the nonce is new, so the token was issued now.
 */
function refusalOf(tokens: Tokens, sub: string, asked: Asked): Fault | null {
  const claims = tokens.claims();
  if (claims !== undefined && claims.sub !== sub)
    return new Fault(
      'login_other_person',
      'Somebody else signed in, so it was not used.',
      'You are still signed in as before. Sign in as yourself.',
    );
  const at = typeof claims?.auth_time === 'number' ? new Date(claims.auth_time * 1000) : null;
  const known = at !== null && !Number.isNaN(at.getTime());
  const found = known
    ? { at: at.toISOString(), ...(typeof claims?.acr === 'string' ? { acr: claims.acr } : {}) }
    : null;
  const why = lacking(found, asked, (claims?.iat ?? 0) * 1000);
  if (why === null) return null;
  return new Fault(
    'login_not_fresh',
    `The identity provider did not give ${askedWords(asked)}. ${LACKING_WORDS[why]}`,
    'Nothing was sent. Ask the people who run the identity provider whether it can.',
  );
}

async function discover(issuer: URL, clientId: string): Promise<oidc.Configuration> {
  assertSecureOrigin(issuer, 'identity provider');
  const insecure = issuer.protocol === 'http:';
  try {
    return await oidc.discovery(issuer, clientId, undefined, oidc.None(), {
      timeout: 10,
      execute: insecure ? [oidc.allowInsecureRequests] : [],
    });
  } catch (cause) {
    throw new Fault(
      'idp_unreachable',
      `The identity provider at ${issuer.host} does not answer as one.`,
      'Check the network; signing in is tried again when you press the button.',
      { cause },
    );
  }
}

const expired = (cause?: unknown): Fault =>
  new Fault('login_expired', 'Your sign-in has ended.', 'Sign in again; nothing recorded is lost.', { cause });

function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof oidc.AuthorizationResponseError) {
    const words =
      error.error === 'access_denied'
        ? 'The sign-in was refused or cancelled in the browser.'
        : `The identity provider refused: ${error.error}.`;
    return new Fault('login_refused', words, 'Sign in again.', { cause: error });
  }
  return new Fault(
    'login_failed',
    'The answer of the identity provider did not check out, so it was not used.',
    'Sign in again.',
    {
      cause: error,
    },
  );
}
