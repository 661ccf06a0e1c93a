import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessRequest, options as optionsSchema } from '../../shared/api.ts';
import { policyCheck, policyExplain } from './commands.ts';
import { decide, keepPolicy, loadPolicy, optionsFor, type Policy, PolicyFault, parsePolicy } from './index.ts';
import { policyJsonSchema } from './schema.ts';
import { changed, example, examplePath, lineOf, parse } from './testing.ts';

let policy: Policy;
let dir: string;
beforeAll(async () => {
  policy = await loadPolicy(examplePath);
  dir = await mkdtemp(join(tmpdir(), 'vitrine-policy-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const engineer = { roles: ['engineer' as const] };
const noFacts = { overdueReviews: 0 };
const request: AccessRequest = {
  target: 'orders',
  scope: 'support-read',
  severity: 'SEV1',
  ticket: 'INC-4711',
  reason: 'orders stuck in processing',
  minutes: 30,
  alone: true,
};

describe('an invalid policy is refused with its line and the reason (I6)', () => {
  const cases: [string, () => string, string, string][] = [
    ['a misspelt key', () => changed('    approvals: 1', '    aprovals: 1'), 'aprovals', 'not a known field'],
    ['a duration of no minutes', () => changed('max_minutes: 10', 'max_minutes: 0'), 'max_minutes: 0', 'max_minutes'],
    [
      'a duration past a day',
      () => changed('max_minutes: 10', 'max_minutes: 9999'),
      'max_minutes: 9999',
      'max_minutes',
    ],
    [
      'a default above the longest',
      () => changed('max_minutes: 10', 'max_minutes: 10\n    default_minutes: 11'),
      'default_minutes: 11',
      'above max_minutes',
    ],
    [
      'a rule for no such scope',
      () => changed('scopes: [support-read]', 'scopes: [suport-read]'),
      'suport-read',
      'not one of the file’s scopes'.replace('’', "'"),
    ],
    [
      'a rule for no such target',
      () => changed('targets: [orders]', 'targets: [order]'),
      'targets: [order]',
      'not one of',
    ],
    [
      'a write in a read scope',
      () => changed('table: products, select: "*" }', 'table: products, select: "*", delete: true }'),
      'delete: true',
      'mode read cannot allow delete',
    ],
    [
      'a rule for a group that holds no such role',
      () => changed('- roles: [engineer]', '- roles: [engineer]\n    groups: [oncal]'),
      'groups: [oncal]',
      'the group oncal holds none of this rule’s roles',
    ],
    [
      'a scope that changes the schema of nobody',
      () => changed('mode: read', 'mode: ddl'),
      'mode: ddl',
      'mode ddl needs an owner',
    ],
    [
      'an owner of what is only read',
      () => changed('mode: read', 'mode: read\n    owner: shop_owner'),
      'owner: shop_owner',
      'only mode ddl has one',
    ],
    [
      'exceptions of one table',
      () => changed('table: products, select: "*" }', 'table: products, select: "*", except: [orders] }'),
      'except: [orders]',
      "only table '*' has exceptions",
    ],
    [
      'columns of every table',
      () => changed('table: products, select: "*" }', 'table: "*", select: [id] }'),
      'select: [id]',
      'lists columns, but is about every table',
    ],
    [
      'a column both read and withheld',
      () => changed('without: [email', 'without: [name, email'),
      'without: [name',
      'name is selected and withheld',
    ],
    [
      'TLS switched off for another machine',
      () => changed('host: 127.0.0.1', 'host: db.example.com'),
      'mode: disable',
      'loopback only',
    ],
    ['an anchor', () => changed('roles:\n', 'roles: &r\n'), 'engineer: [oncall]', 'anchors'],
    ['an alias', () => `${example}x: *r\n`, '*r', ''],
    ['the same key twice', () => `${example}version: 1\n`, '', 'unique'],
    ['broken YAML', () => changed('version: 1', 'version: [1'), '', ''],
    ['another version', () => changed('version: 1', 'version: 2'), 'version: 2', 'version'],
    ['a role that is not one', () => changed('approver: [incident', 'aprover: [incident'), 'aprover', ''],
    [
      'approvals that nobody can give',
      () => changed('  approver: [incident-commanders, dba]\n', ''),
      '  SEV2:',
      'no group holds the role approver',
    ],
    [
      'reviews that nobody can sign',
      () => changed('  reviewer: [security]\n', ''),
      'review_hours: 24',
      'no group holds the role reviewer',
    ],
    [
      'an event for no such channel',
      () => changed('review_overdue: [everyone]', 'review_overdue: [everybody]'),
      'review_overdue: [everybody]',
      "notify.events.review_overdue.0: everybody is not one of the file's channels",
    ],
    [
      'a severity that names no such channel',
      () => changed('notify: [pager]', 'notify: [pager, paper]'),
      'notify: [pager, paper]',
      "severities.SEV1.notify.1: paper is not one of the file's channels",
    ],
    [
      'a channel of no known kind',
      () => changed('kind: slack', 'kind: pigeon'),
      'kind: pigeon',
      'notify.channels.on-call.kind',
    ],
    ['an event that is not one', () => changed('glass_broken:', 'glas_broken:'), 'glas_broken:', 'notify.events'],
    [
      'an address of a channel in the file',
      () => changed('{ kind: webhook,', '{ kind: webhook, url: "https://x.example",'),
      'kind: webhook',
      'url: is not a known field',
    ],
    [
      'mail to nobody',
      () => changed(', to_roles: [approver] }', ' }'),
      'approvers: { kind: smtp',
      'names nobody: give to or to_roles',
    ],
    [
      'mail to a role that nobody holds',
      () => changed('  operator: [platform]\n', '').replace('to_roles: [approver] }', 'to_roles: [operator] }'),
      'to_roles: [operator]',
      'no group holds the role operator',
    ],
    [
      'an address that is two',
      () => changed('to: [security@shop.example]', 'to: ["security@shop.example, x@y.example"]'),
      'to: ["security',
      'notify.channels.everyone.to.0',
    ],
    [
      'a CA file that is not there',
      () => changed('mode: disable', 'mode: verify-full\n      ca_file: ca.pem'),
      'ca_file: ca.pem',
      'not a readable PEM',
    ],
  ];
  it.each(cases)('%s', async (_name, text, place, reason) => {
    const source = text();
    const fault = await parse(source).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(PolicyFault);
    const { message, line } = fault as PolicyFault;
    expect(message).toMatch(/^policy\.yaml:\d+:\d+: /);
    expect(message).toContain(reason);
    if (place !== '') expect(line).toBe(lineOf(source, place));
  });

  it('an empty file, bytes that are not text, and two megabytes', async () => {
    await expect(parse('')).rejects.toThrow('policy.yaml:1:1: ');
    const bytes = (value: Uint8Array) => parsePolicy(value, 'policy.yaml', () => Promise.reject(new Error()));
    await expect(bytes(Uint8Array.of(255, 254))).rejects.toThrow('policy.yaml:1:1: the file is not UTF-8');
    await expect(bytes(new Uint8Array(2 ** 21))).rejects.toThrow('at most 1048576');
    await expect(loadPolicy(join(dir, 'none.yaml'))).rejects.toThrow('none.yaml:1:1: cannot be read (ENOENT)');
  });

  it('never ends in anything but a policy or a fault with a place, whatever the bytes', async () => {
    const lines = example.split('\n');
    await fc.assert(
      fc.asyncProperty(fc.nat(lines.length - 1), fc.string(), async (at, junk) => {
        const text = lines.with(at, junk).join('\n');
        const result = await parse(text).catch((error: unknown) => error);
        if (!(result instanceof Error)) return;
        expect(result).toBeInstanceOf(PolicyFault);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what a person may ask for', () => {
  it('has the shape of the contract and says it in plain words', () => {
    const options = optionsFor(engineer, policy, { overdueReviews: 0, approvers: 1, reviewers: 2 });
    expect(optionsSchema.parse(options)).toEqual(options);
    const [read, repair] = options.targets[0]?.scopes ?? [];
    expect(read?.summary).toBe('Read 6 tables; customers without email, phone, address');
    expect(repair?.summary).toBe(
      'Update orders (status, updated_at, details), read 6 tables; customers without email, phone, address',
    );
    expect(read?.severities.map((severity) => [severity.id, severity.summary])).toEqual([
      ['SEV1', '30 min, alone'],
      ['SEV2', '30 min, one approval'],
      ['DRILL', '10 min, alone'],
      ['PLANNED', '60 min, one approval'],
    ]);
    expect(repair?.severities.map((severity) => severity.id)).toEqual(['SEV1', 'SEV2', 'PLANNED']);
    expect(read?.severities[0]?.told).toEqual({
      approvers: 1,
      reviewers: 2,
      alone: ['#on-call', 'Approvers and reviewers by mail', 'Pager'],
      asked: ['#on-call', 'Approvers by mail', 'Pager'],
    });
  });

  it('is nothing for somebody without a role that a rule names', () => {
    expect(
      optionsFor({ roles: ['approver'] }, policy, { overdueReviews: 0, approvers: 0, reviewers: 0 }).targets,
    ).toEqual([]);
  });

  it('says why going alone is closed while a review is overdue', () => {
    const options = optionsFor(engineer, policy, { overdueReviews: 1, approvers: 1, reviewers: 1 });
    const refused = options.targets[0]?.scopes[0]?.severities.map((severity) => severity.refused);
    expect(refused).toEqual([expect.stringMatching(/overdue/), null, expect.stringMatching(/overdue/), null]);
  });
});

describe('a request is decided by the policy, and a refusal names the limit (I6)', () => {
  const cases: [
    string,
    Partial<AccessRequest>,
    { roles: ('engineer' | 'approver')[] },
    { overdueReviews: number },
    string,
  ][] = [
    ['no such target', { target: 'payroll' }, { roles: ['engineer'] }, noFacts, 'target'],
    ['no such scope', { scope: 'everything' }, { roles: ['engineer'] }, noFacts, 'scope'],
    ['no such severity', { severity: 'SEV9' }, { roles: ['engineer'] }, noFacts, 'severity'],
    ['a role that no rule names', {}, { roles: ['approver'] }, noFacts, 'role'],
    ['no role', {}, { roles: [] }, noFacts, 'role'],
    ['a drill that writes', { scope: 'orders-repair', severity: 'DRILL' }, { roles: ['engineer'] }, noFacts, 'rule'],
    ['one minute too long', { minutes: 31 }, { roles: ['engineer'] }, noFacts, 'minutes'],
    ['alone where approval is needed', { severity: 'SEV2' }, { roles: ['engineer'] }, noFacts, 'alone'],
    ['alone with a review overdue', {}, { roles: ['engineer'] }, { overdueReviews: 2 }, 'overdue_review'],
  ];
  it.each(cases)('%s', (_name, change, person, facts, limit) => {
    expect(decide({ ...request, ...change }, person, policy, facts)).toMatchObject({ allowed: false, limit });
  });

  it('names the number that was asked for and the one that is allowed', () => {
    const decision = decide({ ...request, minutes: 45 }, engineer, policy, noFacts);
    expect(decision).toMatchObject({ field: 'minutes', message: 'SEV1 allows at most 30 minutes, 45 were asked for' });
  });

  it('allows what the rules allow, with the limits of the severity', () => {
    expect(decide(request, engineer, policy, noFacts)).toMatchObject({
      allowed: true,
      resolved: {
        minutes: 30,
        alone: true,
        requirements: [],
        reviewHours: 24,
        limits: { connections: 5, strict: false },
      },
    });
    const asked = decide({ ...request, severity: 'SEV2', alone: false }, engineer, policy, { overdueReviews: 1 });
    expect(asked).toMatchObject({
      allowed: true,
      resolved: { requirements: [{ count: 1, groups: null }], reviewHours: 72 },
    });
  });

  it('asks for one of the groups that a rule names', async () => {
    const narrow = await parse(
      changed('engineer: [oncall]', 'engineer: [oncall, payments]').replaceAll(
        '- roles: [engineer]',
        '- roles: [engineer]\n    groups: [payments]',
      ),
    );
    expect(decide(request, { ...engineer, groups: ['oncall'] }, narrow, noFacts)).toMatchObject({ limit: 'role' });
    expect(decide(request, engineer, narrow, noFacts)).toMatchObject({ allowed: false });
    expect(decide(request, { ...engineer, groups: ['payments'] }, narrow, noFacts)).toMatchObject({ allowed: true });
    const facts = { overdueReviews: 0, approvers: 1, reviewers: 1 };
    expect(optionsFor({ ...engineer, groups: ['oncall'] }, narrow, facts).targets).toEqual([]);
    expect(optionsFor({ ...engineer, groups: ['payments'] }, narrow, facts).targets).not.toEqual([]);
  });

  it('takes the cap of a rule over the severity’s own', async () => {
    const capped = await parse(changed('severities: [SEV1, SEV2]', 'severities: [SEV1, SEV2]\n    max_minutes: 5'));
    expect(decide({ ...request, minutes: 6 }, engineer, capped, noFacts)).toMatchObject({ limit: 'minutes' });
    expect(decide({ ...request, minutes: 5 }, engineer, capped, noFacts)).toMatchObject({ allowed: true });
  });
});

describe('the policy in force', () => {
  const reports = () => {
    const seen: string[] = [];
    return {
      seen,
      invalid: (fault: PolicyFault) => void seen.push(`invalid ${fault.line}`),
      changed: () => void seen.push('changed'),
      failed: (error: unknown) => void seen.push(`failed ${error}`),
    };
  };
  const until = async (what: () => boolean): Promise<void> => {
    for (let i = 0; i < 100 && !what(); i++) await new Promise((wake) => setTimeout(wake, 20));
    expect(what()).toBe(true);
  };

  it('stays the last good one when the file becomes invalid, and follows it again when it is mended (I6)', async () => {
    const path = join(dir, 'live.yaml');
    await writeFile(path, example);
    const told = reports();
    const keeper = await keepPolicy(path, told, 100);
    try {
      const { hash } = keeper.current();
      await writeFile(path, changed('    approvals: 1', '    aprovals: 1'));
      await until(() => keeper.problem() !== null);
      expect(keeper.current().hash).toBe(hash);
      await keeper.reload();
      expect(told.seen).toEqual([`invalid ${lineOf(example, '    approvals: 1')}`]);
      await writeFile(path, changed('max_minutes: 10', 'max_minutes: 12'));
      await until(() => keeper.current().hash !== hash);
      expect(keeper.problem()).toBeNull();
      expect(keeper.current().severities.get('DRILL')?.maxMinutes).toBe(12);
      await rm(path);
      await keeper.reload();
      expect(keeper.current().severities.get('DRILL')?.maxMinutes).toBe(12);
    } finally {
      keeper.close();
    }
  });

  it('is not taken from an invalid file at the start (I6)', async () => {
    const path = join(dir, 'bad.yaml');
    await writeFile(path, changed('version: 1', 'version: 3'));
    await expect(keepPolicy(path, reports())).rejects.toThrow(`${path}:${lineOf(example, 'version: 1')}:1: version`);
  });
});

describe('the commands', () => {
  it('check tells that a file is good, with its hash', async () => {
    const { code, text } = await policyCheck(examplePath);
    expect([code, text]).toEqual([0, expect.stringContaining(policy.hash)]);
  });

  it('explain says what a person may do and which limit stops a request', async () => {
    const base = { target: 'orders', scope: 'support-read', severity: 'SEV1' };
    const allowed = await policyExplain(examplePath, { user: 'amira', ...base });
    expect(allowed).toMatchObject({ code: 0, text: expect.stringContaining('Allowed: 30 min, alone.') });
    const refused = await policyExplain(examplePath, { user: 'oncall', ...base, minutes: '45' });
    expect(refused).toMatchObject({ code: 1, text: expect.stringContaining('Refused by minutes') });
    expect((await policyExplain(examplePath, { user: 'lina' })).text).toContain('No rule covers that.');
  });

  it('schema is what docs/policy.schema.json publishes', () => {
    const published = readFileSync(new URL('../../docs/policy.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(published)).toEqual(JSON.parse(policyJsonSchema()));
  });
});
