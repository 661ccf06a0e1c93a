/**
 * The HTTP face that every room registers its routes on: size and rate limits, problem details for every refusal,
 * security headers, logs without secrets, graceful shutdown. (I6)
 */
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyBaseLogger, type FastifyError, type FastifyInstance, LogController } from 'fastify';
import { Fault } from '../../shared/errors.ts';
import type { CollectorConfig } from '../config.ts';
import { DEFAULT_PER_MINUTE } from './limits.ts';
import type { Metrics } from './metrics.ts';
import { ProblemError, problem } from './problem.ts';

/** The pages load their own scripts, styles, fonts and data, and nothing else; nobody may frame them. */
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

const DEFAULT_BODY_BYTES = 64 * 1024;

export async function openApp(
  config: CollectorConfig,
  log: FastifyBaseLogger,
  metrics: Metrics,
): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: log,
    bodyLimit: DEFAULT_BODY_BYTES,
    trustProxy: config.trustProxy,
    // The lines of our own `onResponse` hook replace those that print the URL.
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength: 200 },
    requestTimeout: 60_000,
    // What is being answered is finished; closeApp puts an end to what takes too long.
    forceCloseConnections: 'idle',
    return503OnClosing: true,
  });
  metrics.counter('vitrine_http_requests_total', 'Answers by method, route and status');
  app.addContentTypeParser('application/x-ndjson', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = refusalOf(error);
    if (refusal.status >= 500) request.log.error({ err: error, code: refusal.code }, 'request failed');
    return reply
      .code(refusal.status)
      .headers(refusal.headers)
      .header('cache-control', 'no-store')
      .type('application/problem+json')
      .send(refusal.body());
  });
  app.addHook('onSend', async (request, reply) => {
    reply.headers({
      'content-security-policy': CSP,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    });
    if (config.publicUrl.startsWith('https:')) reply.header('strict-transport-security', 'max-age=31536000');
    if (!reply.hasHeader('cache-control') && request.url.startsWith('/v1')) reply.header('cache-control', 'no-store');
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.count('vitrine_http_requests_total', { method: request.method, route, status: String(reply.statusCode) });
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    // The route's pattern, never the URL: a query may carry a login code.
    const line = { method: request.method, route, status: reply.statusCode, ms };
    if (route === '/healthz' || route === '/readyz' || route === '/metrics') request.log.debug(line, 'answered');
    else request.log.info(line, 'answered');
  });
  await app.register(rateLimit, {
    global: true,
    max: Math.max(1, Math.round(DEFAULT_PER_MINUTE * config.rateScale)),
    timeWindow: '1 minute',
    errorResponseBuilder: (_request, context) =>
      problem(429, 'too_many_requests', 'Too many requests from this address', {
        hint: `Try again in ${Math.ceil(context.ttl / 1000)} s.`,
      }),
  });
  return app;
}

/** Takes nothing new, finishes what is being answered, and after `graceMs` cuts what is left, such as a long poll. */
export async function closeApp(app: FastifyInstance, graceMs = 3_000): Promise<void> {
  const force = setTimeout(() => app.server.closeAllConnections(), graceMs);
  try {
    await app.close();
  } finally {
    clearTimeout(force);
  }
}

/** Every error as a problem; what was not meant for the caller becomes a plain 500 without its internals. */
function refusalOf(error: FastifyError | ProblemError | Fault): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof Fault) {
    return problem(422, error.code, error.message, error.hint === null ? {} : { hint: error.hint });
  }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return problem(413, 'body_too_large', 'The body is larger than this route takes', { field: 'body' });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return problem(415, 'unsupported_media_type', 'This route does not take this content type', {
        field: 'content-type',
      });
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return problem(400, 'invalid_input', 'The body is not valid JSON', { field: 'body' });
    default:
  }
  const status = error.statusCode;
  if (status !== undefined && status >= 400 && status < 500) {
    return problem(status, 'bad_request', 'The request could not be read', { detail: error.message });
  }
  if (isDatabaseDown(error)) {
    return problem(503, 'store_unavailable', 'The collector cannot reach its database', {
      detail: 'Nothing of this request was stored, or its answer was lost.',
      hint: 'Send it again in a moment.',
    });
  }
  return problem(500, 'internal', 'The collector failed at this request', {
    detail: 'It was logged. Nothing that was acknowledged before is affected.',
    hint: 'Try again; tell an operator when it stays.',
  });
}

/** Connection errors of PostgreSQL (class 08, 57P0x) and of the socket under it. */
function isDatabaseDown(error: FastifyError): boolean {
  const { code } = error;
  if (typeof code === 'string' && /^(08|57P0|53300|ECONNREFUSED|ECONNRESET|EPIPE)/.test(code)) return true;
  return /Connection terminated|timeout exceeded when trying to connect/.test(error.message);
}
