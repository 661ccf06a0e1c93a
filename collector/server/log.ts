/** JSON lines on stdout, without secrets: what could carry one is cut out wherever it stands. */
import { type Logger, pino } from 'pino';
import type { CollectorConfig } from '../config.ts';

const SECRET = [
  'authorization',
  'cookie',
  'dpop',
  'password',
  'token',
  'id_token',
  'access_token',
  'refresh_token',
  'secret',
  'connectionString',
  'databaseUrl',
];

export const openLog = (level: CollectorConfig['logLevel'], stream?: { write(line: string): void }): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: plainError },
      redact: {
        paths: SECRET.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.headers.${name}`]),
        censor: '[cut]',
      },
    },
    ...(stream === undefined ? [] : [stream]),
  );

/** An error without what a driver hangs on it: `pg` attaches its whole client, connection parameters included. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: plainError(error.cause) };
  return { type: error.name, message: error.message, ...code, stack: error.stack, ...cause };
}
