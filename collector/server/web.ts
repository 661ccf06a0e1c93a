/** Serves the built web pages: hashed assets for good, and the one page for every address that the pages route themselves. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { Fault } from '../../shared/errors.ts';
import type { CollectorConfig } from '../config.ts';
import { problem } from './problem.ts';

const PAGES = [
  '/',
  '/requests',
  '/requests/:id',
  '/review',
  '/review/*',
  '/live',
  '/devices',
  '/envelopes',
  '/audits',
  '/audits/:id',
];

export async function registerWeb(app: FastifyInstance, config: CollectorConfig): Promise<void> {
  app.setNotFoundHandler(() => {
    throw problem(404, 'not_found', 'There is nothing at this address');
  });
  if (config.webDir === null) return;
  const root = resolve(config.webDir);
  if (!existsSync(join(root, 'index.html'))) {
    throw new Fault('bad_config', `VITRINE_WEB has no index.html: ${root}`, 'Build the web pages, or leave it unset.');
  }
  await app.register(fastifyStatic, {
    root,
    wildcard: false,
    index: false,
    cacheControl: false,
    setHeaders(reply, path) {
      const hashed = /[\\/]assets[\\/]/.test(path);
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  for (const page of PAGES) {
    app.get(page, async (_request, reply) => reply.header('cache-control', 'no-cache').sendFile('index.html'));
  }
}
