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
      redact: {
        paths: SECRET.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.headers.${name}`]),
        censor: '[cut]',
      },
    },
    ...(stream === undefined ? [] : [stream]),
  );
