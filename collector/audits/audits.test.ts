import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { requestView } from '../../shared/api.ts';
import { openEnvelope } from '../../shared/audit/envelope.ts';
import { auditRecord } from '../../shared/audit/records.ts';
import { type AuditReport, auditList, auditReport } from '../../shared/audits.ts';
import { registerGrants } from '../grants/index.ts';
import { policyFor, wanted } from '../grants/testing.ts';
import { newPassword, newRoleName, openTargets, type Targets } from '../targets/index.ts';
import { limits, on, SETTINGS, scopeOf, startTestTarget, type TestTarget } from '../targets/testing.ts';
import { openTestStack, type SignedInBrowser, type SignedInDevice, type TestStack } from '../testing.ts';
import { registerAudits } from './index.ts';
import { periodAt } from './period.ts';
import { readReport } from './report.ts';
import { auditWhatIsDue } from './schedule.ts';

const DAY = 86_400_000;
const STRAY = newRoleName();
const MORE = `
audits: { every: month, unused_days: 1 }
people:
  - { sub: jonas, name: Jonas Weber, groups: [oncall] }
  - { sub: mara, name: Mara Lindt, groups: [sales] }
`;

let target: TestTarget;
let stack: TestStack;
let targets: Targets;
let amira: SignedInDevice;
let lina: SignedInBrowser;
let ingrid: SignedInBrowser;
/** Two days after the period of this test has ended: reviews of 24 hours are overdue, and a day without use is too long. */
const period = periodAt('month', new Date());
const later = (): Date => new Date(period.until.getTime() + 2 * DAY);
const parts = () => ({ ...stack.collector.deps, targets, now: later });

beforeAll(async () => {
  const server = await temporaryPostgres({ settings: SETTINGS });
  target = await startTestTarget(server);
  stack = await openTestStack({
    // The reaper looks once, at the start; what it would remove afterwards stays.
    rooms: [(app, deps) => registerGrants(app, deps, { reapEveryMs: 3_600_000 }), registerAudits],
    policy: () => `${policyFor(target, server.caFile)}${MORE}`,
    env: async () => ({ VITRINE_TARGET_ORDERS_ADMIN: target.config.adminUrl }),
  });
  targets = openTargets({
    configOf: () => target.config,
    installation: stack.config.publicUrl,
    onError: () => {},
  });
  [amira, lina, ingrid] = await Promise.all([stack.device('amira'), stack.browser('lina'), stack.browser('ingrid')]);
  const ask = async (changes: Record<string, unknown>) =>
    requestView.parse((await amira.call('POST', '/v1/requests', wanted(changes))).json()).id;
  const used = await ask({});
  await amira.call('POST', `/v1/requests/${used}/activate`);
  await amira.call('POST', `/v1/requests/${used}/end`);
  const approved = await ask({ severity: 'SEV2', alone: false, ticket: 'INC-2' });
  await lina.call('POST', `/v1/requests/${approved}/approve`, { note: '' });
  await lina.call('POST', `/v1/requests/${await ask({ severity: 'SEV2', alone: false, ticket: 'INC-3' })}/deny`, {
    note: 'Use the replica',
  });
  await stack.collector.deps.store.updateTable('devices').set({ name: '=1+1' }).execute();
  await targets.createRole('orders', {
    name: STRAY,
    password: newPassword(),
    grant: 'AAAAAAAAAAAAAAAAAAAAAA',
    scope: scopeOf('read', on('orders', { select: '*' })),
    limits,
    remainingMs: () => 60_000,
  });
}, 120_000);
afterAll(async () => {
  await targets?.close();
  await stack?.stop();
  await target?.stop();
});

const read = async (id: string): Promise<AuditReport> =>
  auditReport.parse((await ingrid.call('GET', `/v1/audits/${id}`)).json());

describe('the audit of a period', () => {
  it('tells what was asked for, by whom, and what became of it', async () => {
    const { grants } = await readReport(parts(), period, later());
    expect(grants.map(({ ticket, state, alone, approved_by }) => [ticket, state, alone, approved_by])).toEqual([
      ['INC-4711', 'handed_back', true, []],
      ['INC-2', 'approved', false, ['Li Na']],
      ['INC-3', 'denied', false, []],
    ]);
    const [used] = grants;
    expect(used).toMatchObject({ by: { sub: 'amira' }, target: { id: 'orders' }, ended_by: 'Amira Haddad' });
    expect(used?.gone_ms).toBeGreaterThanOrEqual(0);
    expect(grants[1]?.opened_at).toBeNull();
  });

  it('lists overdue reviews, roles without a grant, rights and devices that nobody uses, and policies', async () => {
    const report = await readReport(parts(), period, later());
    expect(report.overdue.map(({ ticket, review }) => [ticket, review])).toEqual([['INC-4711', 'overdue']]);
    expect(report.roles).toEqual([
      { target: { id: 'orders', label: 'Orders' }, role: STRAY, grant: 'AAAAAAAAAAAAAAAAAAAAAA', removed: false },
    ]);
    expect(report.people.map(({ sub, last_used_at: last }) => [sub, last === null])).toEqual([
      ['amira', false],
      ['jonas', true],
    ]);
    expect(report.devices.map(({ by, name }) => [by.name, name])).toEqual([['Amira Haddad', '=1+1']]);
    expect(report.policies).toEqual([
      { hash: stack.collector.deps.policy.current().hash, at: expect.any(String), index: 0 },
    ]);
  });

  it('says nothing of what was used today', async () => {
    const report = await readReport(parts(), period, new Date());
    expect(report.overdue).toEqual([]);
    expect(report.people.map(({ sub }) => sub)).toEqual(['jonas']);
    expect(report.devices).toEqual([]);
  });

  it('names a target that does not answer instead of calling it clean (I6)', async () => {
    const away = { roles: () => Promise.reject(new Error('connect ECONNREFUSED')) };
    const report = await readReport({ ...parts(), targets: away }, period, later());
    expect(report.roles).toEqual([]);
    expect(report.unreachable).toEqual([{ id: 'orders', label: 'Orders' }]);
  });

  it('is not written of a period in which there was no collector', async () => {
    expect(await auditWhatIsDue({ ...parts(), now: () => new Date() })).toBe(false);
  });

  it('is written once by two collectors, and its very bytes are in the ledger by their hash (I4)', async () => {
    const written = await Promise.all([auditWhatIsDue(parts()), auditWhatIsDue(parts())]);
    expect(written.filter(Boolean)).toHaveLength(1);
    expect(await auditWhatIsDue(parts())).toBe(false);
    const list = auditList.parse((await ingrid.call('GET', '/v1/audits')).json());
    expect(list.every).toBe('month');
    expect(list.audits).toHaveLength(1);
    const [audit] = list.audits;
    expect(audit).toMatchObject({ from: period.from.toISOString(), grants: 3, findings: 2 });
    const { body } = await ingrid.call('GET', `/v1/audits/${audit?.id}`);
    const digest = createHash('sha256').update(body).digest('base64url');
    expect(audit?.digest).toBe(digest);
    const [entry] = await stack.collector.deps.ledger.entries(audit?.index ?? -1, (audit?.index ?? -1) + 1);
    expect(auditRecord.parse(openEnvelope(entry?.line ?? '').record)).toMatchObject({ digest, grants: 3, findings: 2 });
    expect(await read(audit?.id ?? '')).toMatchObject({ at: later().toISOString() });
  });

  it('can be read of the period that still runs', async () => {
    const report = await read('running');
    expect(report.grants).toHaveLength(3);
    expect(Date.parse(report.at)).toBeLessThan(period.until.getTime());
  });

  it('comes as CSV that no spreadsheet takes for a formula', async () => {
    const { audits } = auditList.parse((await ingrid.call('GET', '/v1/audits')).json());
    const csv = async (file: string) => (await ingrid.call('GET', `/v1/audits/${audits[0]?.id}/${file}`)).body;
    const lines = (await csv('grants.csv')).split('\r\n');
    expect(lines[0]).toMatch(/^id,person,person_id,target,scope,severity,ticket,minutes,alone,/);
    expect(lines[1]).toContain(',Amira Haddad,amira,orders,Repair orders,SEV1,INC-4711,30,yes,,handed_back,');
    expect(lines).toHaveLength(5);
    expect(await csv('devices.csv')).toContain("\r\n'=1+1,");
    expect(await csv('roles.csv')).toBe(`target,role,grant,removed\r\norders,${STRAY},AAAAAAAAAAAAAAAAAAAAAA,no\r\n`);
  });

  it('is for reviewers and operators, and says no to anything else', async () => {
    for (const path of ['', '/running', '/running/grants.csv']) {
      expect((await amira.call('GET', `/v1/audits${path}`)).statusCode).toBe(403);
      expect((await lina.call('GET', `/v1/audits${path}`)).statusCode).toBe(403);
    }
    const refused = async (path: string) => {
      const answer = await ingrid.call('GET', `/v1/audits/${path}`);
      return [answer.statusCode, answer.json().field];
    };
    expect(await refused('2020-01-01..2020-02-01')).toEqual([404, 'id']);
    expect(await refused('..%2f..%2fetc')).toEqual([400, 'id']);
    expect(await refused('running/secrets.csv')).toEqual([400, 'file']);
  });
});
