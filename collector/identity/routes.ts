/** Routes of signing in: tokens for devices, cookie sessions for the web pages. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Me, tokenRequest } from '../../shared/api.ts';
import type { CollectorDeps } from '../deps.ts';
import { limited } from '../server/limits.ts';
import { problem } from '../server/problem.ts';
import { validate } from '../server/validate.ts';
import { addressOf } from './auth.ts';
import { forgetProofs, verifyProof } from './dpop.ts';
import type { IdentityProvider } from './provider.ts';
import { trade } from './tokens.ts';
import { forgetLogins, type WebLogin } from './web-login.ts';

const SWEEP_MS = 60_000;

export function registerIdentity(
  app: FastifyInstance,
  deps: CollectorDeps,
  parts: { readonly provider: IdentityProvider; readonly webLogin: WebLogin },
): void {
  const { auth, config, store, now } = deps;
  app.post('/v1/tokens', limited(config, 120), async (request) => {
    const body = validate(tokenRequest, request.body);
    const proof = await verifyProof(store, {
      proof: request.headers.dpop,
      method: request.method,
      url: addressOf(request, config.publicUrl),
      accessToken: null,
      now: now(),
    });
    return trade({ ...deps, provider: parts.provider }, body, proof);
  });

  app.get('/v1/me', limited(config, 1200), async (request): Promise<Me> => {
    const { person, session } = await auth.requireWeb(request);
    const { sub, name, email, roles } = person;
    return { person: { sub, name, ...(email === undefined ? {} : { email }), roles }, csrf: session.csrf };
  });
  app.get('/auth/login', limited(config, 120), parts.webLogin.begin);
  app.get('/auth/callback', limited(config, 120), parts.webLogin.finish);
  app.post('/auth/logout', limited(config, 120), async (request, reply) => {
    await auth.requireWeb(request);
    await parts.webLogin.end(request, reply);
    return reply.send({});
  });
  app.get('/auth/logout', limited(config, 120), async (request, reply) => {
    requireOwnNavigation(request);
    await parts.webLogin.end(request, reply);
    return reply.redirect('/', 303);
  });

  const sweep = setInterval(() => {
    Promise.all([forgetProofs(store, now()), forgetLogins(store, now())]).catch((error: unknown) =>
      deps.log.warn({ err: error }, 'old proofs and sign-ins were not removed; they are ignored all the same'),
    );
  }, SWEEP_MS);
  sweep.unref();
  app.addHook('onClose', async () => clearInterval(sweep));
}

/** Another site may not sign people out by a link. */
function requireOwnNavigation(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  throw problem(403, 'foreign_origin', 'Another site cannot sign you out', { hint: 'Sign out on the page itself.' });
}
