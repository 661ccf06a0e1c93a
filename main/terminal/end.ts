/** The run comes to its end early, with an error for the person and an exit code for the shell. */
import type { UserError } from '../../shared/ipc.ts';
import type { ExitCode } from './exit.ts';

export class End extends Error {
  readonly problem: UserError;
  readonly exit: ExitCode;
  constructor(problem: UserError, exit: ExitCode) {
    super(problem.message);
    this.name = 'End';
    this.problem = problem;
    this.exit = exit;
  }
}
