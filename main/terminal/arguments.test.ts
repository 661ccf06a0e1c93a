import { describe, expect, it } from 'vitest';
import { parse, terminalArguments } from './arguments.ts';
import { HELP } from './words.ts';

const problems = (...args: string[]): readonly string[] => {
  const parsed = parse(args);
  return parsed.kind === 'wrong' ? parsed.problems : [];
};
const wanted = (...args: string[]) => {
  const parsed = parse(args);
  if (parsed.kind !== 'run') throw new Error(`not to be run: ${JSON.stringify(parsed)}`);
  return parsed.wanted;
};

describe('the word that asks for the terminal', () => {
  it('is the first word of a packaged app, behind the switches of Electron', () => {
    expect(terminalArguments(['/opt/vitrine', 'port', '--json'], true)).toEqual(['--json']);
    expect(terminalArguments(['/opt/vitrine', '--user-data-dir=/x', 'port'], true)).toEqual([]);
  });
  it('comes after the path of an app that is not packaged', () => {
    expect(terminalArguments(['electron', '--no-sandbox', '.', 'port', '--severity', 'SEV1'], false)).toEqual([
      '--severity',
      'SEV1',
    ]);
    expect(terminalArguments(['electron', 'port'], false)).toBeNull();
  });
  it('is not read out of a deep link or any later word', () => {
    expect(terminalArguments(['/opt/vitrine', 'vitrine://request?target=port', 'port'], true)).toBeNull();
    expect(terminalArguments(['/opt/vitrine'], true)).toBeNull();
  });
});

describe('the command line', () => {
  it('is read whole', () => {
    expect(
      wanted(
        ...['--target', 'orders', '--scope=support-read', '--severity', 'SEV1', '--ticket', 'inc-4711'],
        ...['--reason', 'Orders stuck since the deploy', '--minutes', '30', '--json', '--device-code', '--memory-key'],
      ),
    ).toEqual({
      given: {
        target: 'orders',
        scope: 'support-read',
        severity: 'SEV1',
        ticket: 'INC-4711',
        reason: 'Orders stuck since the deploy',
        minutes: 30,
      },
      approval: false,
      wait: null,
      json: true,
      login: 'device-code',
      key: 'memory',
      command: null,
    });
  });

  it('takes everything behind -- as the command, options of its own included', () => {
    expect(wanted('--severity', 'SEV1', '--', 'psql', '--json', '-c', 'select 1').command).toEqual([
      'psql',
      '--json',
      '-c',
      'select 1',
    ]);
    expect(wanted('--psql').command).toEqual(['psql']);
  });

  it('names every problem at once', () => {
    expect(
      problems(
        '--severty',
        'SEV1',
        '--ticket',
        'stuck',
        '--minutes',
        '0',
        '--json=yes',
        '--scope',
        '--reason',
        'short',
      ),
    ).toEqual([
      'there is no option --severty',
      '“SEV1” stands alone; a command to run comes after --',
      '--json takes no value',
      '--scope needs a value',
      '--ticket “stuck” is not a ticket or incident, like INC-4711',
      '--reason “short” is not a sentence of 8 to 500 characters',
      '--minutes is a whole number, 1 to 1440',
    ]);
  });

  it('refuses what contradicts itself', () => {
    expect(problems('--browser', '--device-code')).toEqual(['--browser and --device-code exclude each other']);
    expect(problems('--psql', '--', 'psql')).toHaveLength(1);
    expect(problems('--json', '--', 'psql')).toHaveLength(1);
    expect(problems('--')).toEqual(['there is no command after --']);
    expect(problems('--ticket', 'INC-1', '--ticket', 'INC-2')).toEqual(['--ticket is given twice']);
  });

  it('never takes a passphrase, and says where it belongs (I7)', () => {
    for (const name of ['passphrase', 'password'])
      expect(problems(`--${name}=secret`)[0]).toMatch(/never taken from the command line.*--passphrase-stdin/);
  });

  it('leaves --login-as to the embedded stack', () => {
    expect(problems('--login-as=amira')[0]).toContain('npm run port');
  });

  it('has every option in its help', () => {
    for (const option of HELP.matchAll(/^ {2}(--[a-z-]+)( [A-Z]+)?/gm)) {
      const [, name = '', value] = option;
      const parsed = parse(value === undefined ? [name] : [`${name}=x`]);
      expect(parsed.kind === 'wrong' ? parsed.problems.join() : '').not.toContain('no option');
    }
  });
});
