/** What is answered before anything is opened: help, a wrong command line, a second run. */
import { parse, type Wanted } from './arguments.ts';
import { lineOf } from './events.ts';
import { type ExitCode, exit } from './exit.ts';
import type { Output, Voice } from './voice.ts';
import { HELP, plain } from './words.ts';

export interface Streams {
  readonly stdout: Output;
  readonly stderr: Output;
}

/** The command line, or the exit code where there is nothing to run. */
export function read(args: readonly string[], { stdout, stderr }: Streams): Wanted | ExitCode {
  const parsed = parse(args);
  if (parsed.kind === 'run') return parsed.wanted;
  if (parsed.kind === 'help') {
    stdout.write(HELP);
    return exit.handedBack;
  }
  const message = parsed.problems.join('\n');
  const hint = 'Nothing was started. vitrine port --help shows what there is.';
  if (parsed.json) stdout.write(lineOf({ event: 'error', code: 'usage', message, hint, exit: exit.usage }));
  stderr.write(`${parsed.problems.map(plain).join('\n')}\n${hint}\n`);
  return exit.usage;
}

/** Another run has the log and the key of the terminal on this machine. */
export function alreadyRunning(voice: Voice): ExitCode {
  const problem = {
    code: 'already_running',
    message: 'Another vitrine port runs on this machine, with the key and the log that this one needs.',
    hint: 'Use its port, or hand it back first.',
  };
  voice.event({ event: 'error', ...problem, exit: exit.machine });
  voice.tell(problem);
  return exit.machine;
}
