/** What the collector says of a target ahead of a request: on the options, on the request, after a reload, while it is down. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { options, requestView } from '../../shared/api.ts';
import type { ScopeCheck } from '../../shared/api-check.ts';
import { openTargets } from '../targets/index.ts';
import { SETTINGS, startTestTarget, type TestTarget } from '../targets/testing.ts';
import { openTestStack, type SignedInBrowser, type SignedInDevice, type TestStack } from '../testing.ts';
import { registerGrants } from './index.ts';
import { policyFor, wanted } from './testing.ts';

let target: TestTarget;
let stack: TestStack;
let amira: SignedInDevice;
let lina: SignedInBrowser;
/** While false, the target does not answer. */
let up = true;
/** While not null, whoever looks at the target waits for it. */
let held: Promise<void> | null = null;

beforeAll(async () => {
  const server = await temporaryPostgres({ settings: SETTINGS });
  target = await startTestTarget(server);
  const caFile = join(server.dir, 'ca-of-target.pem');
  await writeFile(caFile, server.ca);
  stack = await openTestStack({
    policy: policyFor(target, caFile),
    env: { VITRINE_TARGET_ORDERS_ADMIN: target.config.adminUrl },
    rooms: [
      (app, deps) => {
        const real = openTargets({
          configOf: (id) => (id === 'orders' ? target.config : null),
          installation: deps.config.publicUrl,
          onError: () => {},
        });
        registerGrants(app, deps, {
          targets: {
            ...real,
            async foresee(...look) {
              await held;
              if (!up) throw Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:5432'), { code: 'ECONNREFUSED' });
              return real.foresee(...look);
            },
          },
        });
      },
    ],
  });
  await stack.collector.app.ready();
  amira = await stack.device('amira');
  lina = await stack.browser('lina');
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  await target?.stop();
});

const offered = async (scope: string): Promise<ScopeCheck | undefined> => {
  const answer = options.parse((await amira.call('GET', '/v1/options')).json());
  return answer.targets[0]?.scopes.find(({ id }) => id === scope)?.check;
};
const until = async (scope: string, right: (check: ScopeCheck) => boolean): Promise<ScopeCheck> => {
  for (let last: ScopeCheck | undefined; ; ) {
    last = await offered(scope);
    if (last !== undefined && right(last)) return last;
    await new Promise((done) => setTimeout(done, 50));
  }
};
/** A change of the policy that changes nothing but its hash, so that the targets are looked at again. */
const reload = async (change: (text: string) => string = (text) => `${text}# touched\n`): Promise<void> => {
  await writeFile(stack.policyPath, change(await readFile(stack.policyPath, 'utf8')));
  await stack.collector.deps.policy.reload();
};

describe('what a target says to a scope, ahead of a request', () => {
  it('travels with the options, for every scope of a rule', async () => {
    const fine = await until('orders-read', ({ at }) => at !== null);
    expect(fine).toMatchObject({ failed: null, blocks: [] });
    expect(fine.widens).toEqual([expect.stringContaining('Every role on Orders can run shop.lets_out()')]);
    expect((await offered('misfit'))?.blocks).toEqual(['The table shop.no_such_table of this scope does not exist']);
  });

  it('is looked at again when the policy has changed, and told to engineer and approver (I6)', async () => {
    const asked = await amira.call('POST', '/v1/requests', wanted({ severity: 'SEV2', alone: false }));
    const { id } = requestView.parse(asked.json());
    await target.root.query('grant select on shop.card_tokens to public');
    await reload();
    const said = ['Every role on Orders can also read shop.card_tokens'];
    await until('orders-repair', ({ blocks }) => blocks.length > 0);
    expect((await offered('orders-repair'))?.blocks).toEqual(said);
    const seen = requestView.parse((await lina.call('GET', `/v1/requests/${id}`)).json());
    expect(seen.check?.blocks).toEqual(said);
    await target.root.query('revoke select on shop.card_tokens from public');
    await reload();
    await until('orders-repair', ({ blocks }) => blocks.length === 0);
    await amira.call('POST', `/v1/requests/${id}/withdraw`);
    // Of what is over, nothing is foreseen.
    expect(requestView.parse((await lina.call('GET', `/v1/requests/${id}`)).json()).check).toBeUndefined();
  });

  it('says that it could not be checked while the target is down, keeps what it knew, and tells no address', async () => {
    up = false;
    await reload();
    const check = await until('orders-read', ({ failed }) => failed !== null);
    expect(check.failed).toBe('Orders does not answer the collector, so this could not be checked');
    expect(check.at).not.toBeNull();
    expect(check.widens).toHaveLength(1);
    expect(JSON.stringify(check)).not.toContain('10.1.2.3');
    expect(stack.logged.join('\n')).toContain('could not be checked ahead of requests');
    up = true;
    await reload();
    await until('orders-read', ({ failed }) => failed === null);
  });

  it('is never waited for: the options answer while a target hangs, and a changed scope is not called checked', async () => {
    const gate = Promise.withResolvers<void>();
    held = gate.promise;
    try {
      await reload((text) => text.replace('update: [status]', 'update: [total]'));
      expect(await until('orders-repair', ({ at }) => at === null)).toEqual({
        at: null,
        failed: null,
        blocks: [],
        widens: [],
      });
      expect((await offered('orders-read'))?.at).not.toBeNull();
    } finally {
      held = null;
      gate.resolve();
    }
    await until('orders-repair', ({ at }) => at !== null);
  });
});
