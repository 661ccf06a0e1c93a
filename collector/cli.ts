/** The command line: no words run the service; `policy check | test | explain | schema` and `notify test` work on a file without a database,
 * `envelope respond` needs nothing at all. */
import { parseArgs } from 'node:util';
import { Fault } from '../shared/errors.ts';
import { openCollector } from './compose.ts';
import { readConfig } from './config.ts';
import { envelopeRespond } from './envelopes/command.ts';
import { notifyTest } from './notify/commands.ts';
import { type Answer, policyCheck, policyExplain, policySchema, policyTest } from './policy/commands.ts';
import { rooms } from './rooms.ts';
import { openLog } from './server/log.ts';

const USAGE = `vitrine-collector                     run the service (environment: see docs/policy.md)
vitrine-collector policy check FILE
vitrine-collector policy test FILE
vitrine-collector policy explain --user SUB_OR_GROUPS [--target ID] [--scope ID] [--severity ID] [--minutes N] [--alone] [--json] [FILE]
vitrine-collector policy schema
vitrine-collector notify test --channel ID [--to ADDRESS] [FILE]
vitrine-collector envelope respond CHALLENGE          (the opening key is read from the terminal or standard input)`;

type Environment = Readonly<Record<string, string | undefined>>;

/** Answers with the exit code; the service answers when it is told to stop. */
export async function runCli(words: readonly string[], env: Environment): Promise<number> {
  try {
    if (words.length === 0) return await serve(env);
    const { code, text } = await command(words, env);
    // A no is an answer as well; only the usage is a complaint.
    (code === 2 ? process.stderr : process.stdout).write(`${text}\n`);
    return code;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    process.stderr.write(`vitrine-collector: ${error.message}\n${error.hint === null ? '' : `${error.hint}\n`}`);
    return 1;
  }
}

async function command(words: readonly string[], env: Environment): Promise<Answer> {
  const [room, verb, ...rest] = words;
  const usage: Answer = { code: 2, text: USAGE };
  if (room === '--help' || room === '-h') return { code: 0, text: USAGE };
  const file = (given: string | undefined): string => {
    const path = given ?? env.VITRINE_POLICY;
    if (path !== undefined && path !== '') return path;
    throw new Fault('bad_usage', 'Name a policy file, or set VITRINE_POLICY.');
  };
  if (room === 'notify' && verb === 'test') {
    const asked = testArguments(rest);
    return asked === null ? usage : notifyTest({ ...asked, policy: file(asked.file) }, env);
  }
  if (room === 'envelope' && verb === 'respond')
    return rest[0] === undefined || rest.length > 1 ? usage : envelopeRespond(rest[0], process.stdin, process.stderr);
  if (room !== 'policy') return usage;
  if (verb === 'schema') return policySchema();
  if (verb === 'check') return policyCheck(file(rest[0]));
  if (verb === 'test') return policyTest(file(rest[0]));
  if (verb !== 'explain') return usage;
  const parsed = explainArguments(rest);
  return parsed === null ? usage : policyExplain(file(parsed.file), parsed.question, parsed.json);
}

function explainArguments(words: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        user: { type: 'string' },
        target: { type: 'string' },
        scope: { type: 'string' },
        severity: { type: 'string' },
        minutes: { type: 'string' },
        alone: { type: 'boolean' },
        json: { type: 'boolean' },
      },
    });
    const { user, json, ...rest } = values;
    return user === undefined ? null : { file: positionals[0], question: { user, ...rest }, json: json === true };
  } catch {
    return null;
  }
}

function testArguments(words: readonly string[]) {
  try {
    const options = { channel: { type: 'string' }, to: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args: [...words], allowPositionals: true, options });
    const { channel, to } = values;
    return channel === undefined ? null : { channel, to, file: positionals[0] };
  } catch {
    return null;
  }
}

async function serve(env: Environment): Promise<number> {
  const config = readConfig(env);
  const log = openLog(config.logLevel);
  const collector = await openCollector(config, rooms, { log });
  try {
    const address = await collector.listen();
    log.info({ address, publicUrl: config.publicUrl, ledger: collector.deps.ledger.vkey }, 'listening');
    const signal = await stopSignal();
    log.info({ signal }, 'stopping');
  } finally {
    await collector.close();
  }
  return 0;
}

const stopSignal = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });
