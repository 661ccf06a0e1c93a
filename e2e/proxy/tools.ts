/** Running outside tools: where they connect to, and what came of them. */
import { spawn } from 'node:child_process';
import { environment, type PortFacts } from '../../main/proxy/port/index.ts';

/** The whole environment of a tool that is built on libpq. */
export const environmentFor = (facts: PortFacts): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  HOME: process.env.HOME ?? '',
  LC_ALL: 'C.UTF-8',
  PGCLIENTENCODING: 'UTF8',
  PGCONNECT_TIMEOUT: '30',
  PGGSSENCMODE: 'disable',
  ...environment(facts),
  // The server offers TLS, the port on loopback does not; what psql says of it would be the only difference.
  PGSSLMODE: 'disable',
});

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end. */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly input?: string },
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: options.cwd, env: { ...options.env }, stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    );
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}
