/**
 * `npm run stack [-- --json] [--orders N]`: only the embedded stack, in the foreground until Ctrl+C. With `--json` the first line on
 * stdout is one JSON object with every address, port and credential a test needs; everything else goes to stderr. `--built` takes
 * what is in out/ as it is, `--orders` makes a smaller shop.
 */
import { build } from '../build.ts';
import { type Stack, startStack } from './index.ts';
import { untilTold } from './lifetime.ts';

const json = process.argv.includes('--json');
const orders = process.argv.includes('--orders')
  ? Number(process.argv[process.argv.indexOf('--orders') + 1])
  : undefined;
const log = (line: string): void => console.error(line);
const told = untilTold();

try {
  if (!process.argv.includes('--built')) await build({ only: ['collector', 'web'], log });
  const stack = await startStack({ log, ...(orders === undefined ? {} : { orders }) });
  if (json) console.log(JSON.stringify(factsOf(stack)));
  else console.log(inWords(stack));
  const reason = await told;
  log(`Stopping (${reason})…`);
  await stack.stop();
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

function factsOf(stack: Stack): Record<string, unknown> {
  const { postgres, identity, collector, target } = stack;
  return {
    collectorUrl: stack.collectorUrl,
    issuer: stack.issuer,
    clientId: stack.clientId,
    deskClientId: stack.deskClientId,
    postgres: { url: postgres.url, adminUrl: postgres.adminUrl, host: postgres.host, port: postgres.port },
    target,
    people: stack.people,
    policyPath: stack.policyPath,
    dir: stack.dir,
    logs: stack.logs,
    pids: { stack: process.pid, postgres: postgres.pid, identity: identity.pid, collector: collector.pid() },
  };
}

function inWords(stack: Stack): string {
  return [
    '',
    `  Review desk    ${stack.collectorUrl}`,
    `  Sign-in        ${stack.issuer}   as ${stack.people.map((person) => person.name).join(', ')}`,
    `  Incident DB    ${stack.target.host}:${stack.target.port}/${stack.target.database}`,
    `  Policy         ${stack.policyPath}`,
    `  Logs           ${stack.logs}`,
    '',
    '  Ctrl+C stops everything.',
  ].join('\n');
}
