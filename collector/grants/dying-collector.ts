/**
 * A collector as a process of its own, for the test of what it leaves behind: it kills itself with SIGKILL at one of the
 * points between store, target, ledger and answer. Its words are the environment of a collector and `DIE_AT`.
 */
import { openCollector } from '../compose.ts';
import { readConfig } from '../config.ts';
import { openLog } from '../server/log.ts';
import { openTargets } from '../targets/index.ts';
import { registerGrants, targetConfig } from './index.ts';

const point = process.env.DIE_AT;
const here = (name: string): void => {
  if (point === name) process.kill(process.pid, 'SIGKILL');
};

const log = openLog('error', process.stderr);
const collector = await openCollector(
  readConfig(process.env),
  [
    (app, deps) => {
      const real = openTargets({
        configOf: (id) => targetConfig(deps, id),
        installation: deps.config.publicUrl,
        onError: () => {},
      });
      registerGrants(app, deps, {
        targets: {
          ...real,
          async createRole(...asked) {
            here('before the role');
            const made = await real.createRole(...asked);
            here('after the role, before its record');
            return made;
          },
          async endRole(...asked) {
            here('before the role goes');
            const ended = await real.endRole(...asked);
            here('after the role went, before its record');
            return ended;
          },
        },
      });
      app.addHook('onSend', async (request) => {
        if (request.url.endsWith('/activate')) here('after the record, before the answer');
      });
    },
  ],
  { log },
);
process.stdout.write(`${await collector.listen()}\n`);
