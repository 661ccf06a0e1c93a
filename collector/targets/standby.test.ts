/** A target that became a standby while somebody was in: nothing can be written there, and whoever is in goes all the same. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Postgres, startPostgres } from '../../dev/stack/postgres.ts';
import { postgresUser } from '../../dev/stack/postgres-binaries.ts';
import { giveFile } from '../../dev/stack/postgres-process.ts';
import { newPassword, newRoleName, targetFault } from './index.ts';
import { outcome, SCOPES } from './matrix.ts';
import { limits, startTestTarget, type TestTarget } from './testing.ts';

const dir = mkdtempSync(join(tmpdir(), 'vitrine-standby-'));
let server: Postgres;
let target: TestTarget;
const start = async (port?: number): Promise<void> => {
  server = await startPostgres({ dir, port, quickInit: true, settings: { shared_buffers: '32MB' } });
};
beforeAll(async () => {
  await start();
  target = await startTestTarget({ ...server, stop: () => server.stop() });
}, 60_000);
afterAll(async () => {
  await target?.stop();
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

it('takes nobody new, lets nobody stay, and is clean once it is promoted (I3, I6)', async () => {
  const least = target.targets(target.leastConfig);
  const role = (name = newRoleName()) => ({
    name,
    password: newPassword(),
    grant: 'AAAAAAAAAAAAAAAAAAAAAA',
    scope: SCOPES['repair orders'],
    limits,
    remainingMs: () => 60_000,
  });
  const held = role();
  await least.createRole('orders', held);
  await server.stop();
  giveFile(join(server.dir, 'data', 'standby.signal'), '', 0o600, postgresUser());
  await start(server.port);
  expect((await target.root.query('select pg_is_in_recovery() as standby')).rows).toEqual([{ standby: true }]);

  const refused = await least.createRole('orders', role()).catch((error: unknown) => error);
  expect(targetFault(refused)).toMatchObject({ code: 'target_read_only' });
  const [foreseen] = await least.foresee('orders', 'Orders', [held.scope]);
  expect(foreseen?.blocks).toEqual([expect.stringContaining('It takes no changes now')]);

  // The role cannot be shut there, and so may come back until its VALID UNTIL; each attempt cuts what it has.
  const session = await target.connect(held.name, held.password);
  const running = outcome(session, 'select pg_sleep(60)');
  const ended = await least.endRole('orders', held.name, 0).catch((error: unknown) => error);
  expect(ended).toBeInstanceOf(pg.DatabaseError);
  expect(targetFault(ended)).toMatchObject({ code: 'target_read_only' });
  expect(await running).toBe('57P01');

  await target.root.query('select pg_promote()');
  expect(await least.endRole('orders', held.name, 0)).toMatchObject({ existed: true });
  expect(await least.roles('orders')).toEqual([]);
});
