/** How often one address may call a route. Every route has a limit; these helpers give it one of its own. */
import type { RouteShorthandOptions } from 'fastify';
import type { CollectorConfig } from '../config.ts';

/** Calls per minute and address for routes that name no limit. */
export const DEFAULT_PER_MINUTE = 1200;

/** Route options with a limit of `perMinute` calls from one address. */
export const limited = (config: Pick<CollectorConfig, 'rateScale'>, perMinute: number): RouteShorthandOptions => ({
  config: { rateLimit: { max: Math.max(1, Math.round(perMinute * config.rateScale)), timeWindow: '1 minute' } },
});
