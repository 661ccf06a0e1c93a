/** How the embedded identity provider behaves: its clients, claims, lifetimes and pages. */
import { type ClientMetadata, type Configuration, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { acrValues, appClientId, deskClientId } from './clients.ts';
import type { ProviderKeys } from './keys.ts';
import * as pages from './pages.ts';
import { personById } from './people.ts';
import type { Store } from './store.ts';

export interface ProviderOptions {
  readonly issuer: string;
  readonly keys: ProviderKeys;
  readonly store: Store;
  /** Origin of the collector, whose pages are the second client. */
  readonly collectorUrl: string;
}

const hour = 3600;

export function openProvider(options: ProviderOptions): Provider {
  const configuration: Configuration = {
    clients: clients(options.collectorUrl),
    jwks: options.keys.jwks,
    adapter: options.store.adapter,
    cookies: { keys: [...options.keys.cookies], names: cookieNames },
    scopes: ['openid', 'offline_access', 'profile', 'email', 'groups'],
    claims: {
      // Under openid, or they never reach the ID token.
      openid: ['sub', 'acr', 'amr', 'auth_time'],
      profile: ['name'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
      acr: null,
      amr: null,
      auth_time: null,
      sid: null,
      iss: null,
    },
    conformIdTokenClaims: false,
    acrValues: [...acrValues],
    pkce: { required: () => true },
    rotateRefreshToken: true,
    responseTypes: ['code'],
    features: {
      devInteractions: { enabled: false },
      deviceFlow: {
        enabled: true,
        charset: 'base-20',
        mask: '****-****',
        userCodeInputSource: pageSource((_ctx, form: string, _out, error) =>
          pages.deviceCode(form, error !== undefined),
        ),
        userCodeConfirmSource: pageSource((ctx, form: string, _client, _info, code: string) =>
          pages.deviceConfirm(form, ctx.oidc.client?.clientName ?? 'Vitrine', code),
        ),
        successSource: pageSource(() => pages.deviceDone()),
      },
      revocation: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: pageSource((_ctx, form: string) => pages.signOut(form)),
        postLogoutSuccessSource: pageSource(() => pages.signedOut()),
      },
    },
    async renderError(ctx, out) {
      pages.send(ctx, pages.problem(out.error, out.error_description));
    },
    findAccount(_ctx, id) {
      const person = personById(id);
      if (person === undefined) return undefined;
      const { name, email, groups } = person;
      return {
        accountId: id,
        claims: async () => ({ sub: id, name, email, email_verified: true, groups: [...groups] }),
      };
    },
    interactions: { url: (_ctx, interaction) => `/sign-in/${interaction.uid}` },
    // Both clients are ours: nobody is asked whether they may have what was agreed beforehand.
    loadExistingGrant,
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      IdToken: 600,
      RefreshToken: 12 * hour,
      Session: 12 * hour,
      Grant: 12 * hour,
      Interaction: 600,
      DeviceCode: 600,
    },
  };
  const provider = new Provider(options.issuer, configuration);
  carryNonce(provider);
  return provider;
}

/**
 * RFC 8628 knows no nonce. This library's device codes have a place for one, from which ID tokens are issued, but nothing
 * fills it; here it is filled, as Keycloak and others do. The app refuses a login whose token does not carry it. (I4)
 */
function carryNonce(provider: Provider): void {
  provider.use(async (ctx: KoaContextWithOIDC, next) => {
    await next();
    const code = ctx.oidc?.entities.DeviceCode;
    const nonce = ctx.oidc?.params?.nonce;
    if (ctx.oidc?.route !== 'device_authorization' || code === undefined || typeof nonce !== 'string') return;
    // The library's own declarations leave the field out; its model stores it.
    Object.assign(code, { nonce });
    await code.save();
  });
}

// Cookies do not know ports: the collector's pages on the same host must not be mistaken for these.
const cookieNames = {
  session: 'vitrine_idp_session',
  interaction: 'vitrine_idp_interaction',
  resume: 'vitrine_idp_resume',
} as const;

function clients(collectorUrl: string): ClientMetadata[] {
  return [
    {
      client_id: appClientId,
      client_name: 'Vitrine',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code'],
      // RFC 8252: any port of this loopback address is accepted.
      redirect_uris: ['http://127.0.0.1/callback'],
      require_auth_time: true,
    },
    {
      client_id: deskClientId,
      client_name: 'the review desk',
      application_type: 'web',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: [`${collectorUrl}/auth/callback`],
      post_logout_redirect_uris: [`${collectorUrl}/`, collectorUrl],
      require_auth_time: true,
    },
  ];
}

async function loadExistingGrant(ctx: KoaContextWithOIDC): Promise<InstanceType<Provider['Grant']> | undefined> {
  const { client, session, provider } = ctx.oidc;
  const known = ctx.oidc.result?.consent?.grantId ?? (client && session?.grantIdFor(client.clientId));
  return known === undefined ? undefined : provider.Grant.find(known);
}

/** Lets a pure page stand where the provider hands over its Koa context. */
function pageSource<A extends unknown[]>(
  page: (ctx: KoaContextWithOIDC, ...args: A) => pages.Page,
): (ctx: KoaContextWithOIDC, ...args: A) => Promise<void> {
  return async (ctx, ...args) => pages.send(ctx, page(ctx, ...args));
}
