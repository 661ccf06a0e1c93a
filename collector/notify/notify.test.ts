import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort, temporaryPostgres } from '../../dev/stack/postgres.ts';
import { type RequestView, requestView } from '../../shared/api.ts';
import { type Told, told } from '../../shared/notify.ts';
import { type Collector, openCollector, type RegisterRoom } from '../compose.ts';
import { registerGrants } from '../grants/index.ts';
import { policyFor, wanted } from '../grants/testing.ts';
import { openLog } from '../server/log.ts';
import { SETTINGS, startTestTarget, type TestTarget } from '../targets/testing.ts';
import { openTestStack, type SignedInBrowser, type SignedInDevice, type TestStack } from '../testing.ts';
import { registerNotify } from './index.ts';
import { claim } from './outbox.ts';
import { waitAfter } from './retry.ts';
import { httpReceiver, type MailServer, mailServer, type Received, type Receiver } from './testing.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const NOTIFY = `
notify:
  channels:
    pager: { kind: webhook, label: Pager }
    on-call: { kind: slack, label: '#on-call' }
    mail: { kind: smtp, label: Security, from: vitrine@shop.example, to_roles: [approver, reviewer] }
    slow: { kind: webhook, label: Slow one }
    doomed: { kind: webhook, label: Sent by others }
    unset: { kind: slack, label: Nobody set it }
  events:
    request_waiting: [on-call]
    glass_broken: [pager]
    grant_revoked: [pager, on-call]
    review_overdue: [pager]
    policy_invalid: [pager]
`;
const policyText = (target: TestTarget, caFile: string): string =>
  policyFor(target, caFile)
    .replace('review_hours: 24 }', 'review_hours: 24, notify: [on-call, mail] }')
    .replace(
      '\n  DRILL:',
      `
  SLOW: { label: Slow, max_minutes: 10, alone: true, review_hours: null, notify: [slow] }
  DOOMED: { label: Doomed, max_minutes: 10, alone: true, review_hours: null, notify: [doomed] }
  UNSET: { label: Unset, max_minutes: 10, alone: true, review_hours: null, notify: [unset] }
  DRILL:`,
    )
    .replaceAll('severities: [SEV1,', 'severities: [SLOW, DOOMED, UNSET, SEV1,') + NOTIFY;

const anybody = {
  allowInsecureAuth: true,
  onAuth: (_auth: unknown, _session: unknown, done: (error: null, answer: { user: string }) => void) =>
    done(null, { user: 'vitrine' }),
};

let target: TestTarget;
let stack: TestStack;
let policy: string;
let amira: SignedInDevice;
let lina: SignedInBrowser;
let pager: Receiver;
let slack: Receiver;
let slow: Receiver;
let mails: MailServer;
const loggedByOthers: string[] = [];
const fast = {
  everyMs: 100,
  timeoutMs: 3000,
  leaseMs: 20_000,
  perChannel: 3,
  backoff: { firstMs: 300, mostMs: 1000 },
  roundEveryMs: 300,
};
const rooms: readonly RegisterRoom[] = [
  (app, deps) => registerGrants(app, deps),
  (app, deps) => registerNotify(app, deps, fast),
];

beforeAll(async () => {
  const server = await temporaryPostgres({ settings: SETTINGS });
  target = await startTestTarget(server);
  [pager, slack, slow, mails] = await Promise.all([
    httpReceiver(),
    httpReceiver(),
    httpReceiver(),
    mailServer(anybody),
  ]);
  policy = policyText(target, server.caFile);
  stack = await openTestStack({
    rooms,
    policy,
    env: async () => ({
      VITRINE_TARGET_ORDERS_ADMIN: target.config.adminUrl,
      VITRINE_NOTIFY_PAGER_URL: `${pager.url}/s3cret-pager`,
      VITRINE_NOTIFY_PAGER_SECRET: SECRET,
      VITRINE_NOTIFY_ON_CALL_URL: `${slack.url}/services/s3cret-slack`,
      VITRINE_NOTIFY_SLOW_URL: `${slow.url}/s3cret-slow`,
      VITRINE_NOTIFY_SLOW_SECRET: SECRET,
      VITRINE_NOTIFY_MAIL_URL: `smtp://s3cret-user:s3cret-password@127.0.0.1:${mails.port}`,
    }),
  });
  [amira, lina] = await Promise.all([stack.device('amira'), stack.browser('lina'), stack.browser('ingrid')]);
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  await target?.stop();
  await Promise.all([pager, slack, slow, mails].map((one) => one?.stop()));
});
afterEach(() => {
  for (const one of [pager, slack, slow]) one.answer = (response) => void response.writeHead(204).end();
});

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
async function until<T>(what: () => Promise<T | false | undefined> | T | false | undefined, ms = 25_000): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const found = await what();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await sleep(20);
  }
}
const ask = async (changes: Record<string, unknown> = {}): Promise<RequestView> =>
  requestView.parse((await amira.call('POST', '/v1/requests', wanted({ minutes: 10, ...changes }))).json());
const toldOf = async (id: string): Promise<Told> =>
  told.parse((await amira.call('GET', `/v1/requests/${id}/told`)).json());
const about = (receiver: Receiver, id: string): Received[] =>
  receiver.received.filter(({ body }) => body.includes(`/${id}`));
const deliveryOf = async (id: string, channel: string, event = 'glass_broken') =>
  (await toldOf(id)).notices.find((one) => one.event === event)?.deliveries.find((one) => one.channel === channel);
const sent = (id: string, channel: string, event?: string) =>
  until(async () => {
    const found = await deliveryOf(id, channel, event);
    return found?.state === 'sent' ? found : false;
  });
const store = () => stack.collector.deps.store;

describe('breaking the glass alone', () => {
  it('is told at once to every channel of the event and of the severity, and shown as told', async () => {
    const { id } = await ask();
    await sent(id, 'pager');
    await sent(id, 'on-call');
    await sent(id, 'mail');
    const [hook] = about(pager, id);
    const verified = new Webhook(SECRET).verify(hook?.body ?? '', hook?.headers as Record<string, string>);
    expect(verified).toMatchObject({
      type: 'glass.broken',
      data: { url: `${stack.config.publicUrl}/requests/${id}`, request: { id, by: { sub: 'amira' }, minutes: 10 } },
    });
    expect(about(slack, id)).toHaveLength(1);
    const mail = mails.mails.find(({ text }) => text.includes(id));
    expect(mail?.to.toSorted()).toEqual(['ingrid@shop.example', 'lina@shop.example']);
    const { notices } = await toldOf(id);
    expect(notices).toMatchObject([
      {
        event: 'glass_broken',
        deliveries: [
          { label: '#on-call', kind: 'slack', state: 'sent', attempts: 1, problem: null },
          { label: 'Pager', kind: 'webhook', state: 'sent', attempts: 1 },
          { label: 'Security', kind: 'smtp', state: 'sent', attempts: 1 },
        ],
      },
    ]);
    for (const { after_ms } of notices[0]?.deliveries ?? []) expect(after_ms).toBeLessThan(10_000);
    const answer = await lina.call('GET', `/v1/requests/${id}/told`);
    expect(told.parse(answer.json()).notices).toHaveLength(1);
    expect((await stack.collector.app.inject(`/v1/requests/${id}/told`)).statusCode).toBe(401);
    const metrics = (await stack.collector.app.inject('/metrics')).body;
    expect(metrics).toMatch(/vitrine_notify_sent_total\{channel="pager",kind="webhook"\} [1-9]/);
    expect(metrics).toMatch(/^vitrine_notify_waiting \d+$/m);
    expect(metrics).toContain('vitrine_notify_channels_unusable 2');
  });

  it('leaves nothing in the outbox when the request itself could not be stored', async () => {
    const messages = async () => (await store().selectFrom('notify_messages').select('id').execute()).length;
    const requests = async () => (await store().selectFrom('grants').select('id').execute()).length;
    const before = [await messages(), await requests()];
    // The last write of the transaction fails: the ledger's checkpoint over the new records.
    await sql
      .raw(`
        create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
        create trigger refuse before insert on ledger_checkpoints for each statement execute function refuse()`)
      .execute(store());
    try {
      const answer = await amira.call('POST', '/v1/requests', wanted());
      expect(answer.statusCode).toBe(500);
    } finally {
      await sql.raw('drop function refuse cascade').execute(store());
    }
    expect([await messages(), await requests()]).toEqual(before);
  });
});

describe('the other events', () => {
  it('a request that waits, its approval untold, and its revocation by name', async () => {
    const { id } = await ask({ severity: 'SEV2', alone: false });
    await sent(id, 'on-call', 'request_waiting');
    expect(about(slack, id)[0]?.body).toContain('waits for an approval');
    expect(about(pager, id)).toEqual([]);
    await lina.call('POST', `/v1/requests/${id}/approve`, {});
    await amira.call('POST', `/v1/requests/${id}/activate`);
    expect((await toldOf(id)).notices).toHaveLength(1);
    await lina.call('POST', `/v1/requests/${id}/revoke`, {});
    await sent(id, 'pager', 'grant_revoked');
    expect(JSON.parse(about(pager, id)[0]?.body ?? '')).toMatchObject({
      type: 'grant.revoked',
      data: { by: 'Li Na', text: 'Li Na revoked the access of Amira Haddad to Orders (production)' },
    });
  });

  it('a review that becomes overdue, once, however many collectors look', async () => {
    const { id } = await ask({ severity: 'SEV2', alone: false });
    await lina.call('POST', `/v1/requests/${id}/approve`, {});
    await amira.call('POST', `/v1/requests/${id}/activate`);
    await amira.call('POST', `/v1/requests/${id}/end`);
    const second = await another();
    await sleep(700);
    expect((await toldOf(id)).notices.map(({ event }) => event)).toEqual(['request_waiting']);
    await store()
      .updateTable('grants')
      .set({ due_at: new Date(Date.now() - 1000) })
      .where('id', '=', id)
      .execute();
    try {
      await sent(id, 'pager', 'review_overdue');
      await sleep(900);
      expect(about(pager, id).filter(({ body }) => body.includes('review.overdue'))).toHaveLength(1);
    } finally {
      await second.close();
      await store().updateTable('grants').set({ reviewed_at: new Date() }).where('id', '=', id).execute();
    }
  });

  it('a policy file that is not taken, once', async () => {
    const broken = () => pager.received.filter(({ body }) => body.includes('policy.invalid'));
    await writeFile(stack.policyPath, `${policy}\nnonsense: 1\n`);
    try {
      await until(() => broken().length > 0);
      await sleep(800);
      expect(broken()).toHaveLength(1);
      expect(JSON.parse(broken()[0]?.body ?? '').data.detail).toContain('nonsense: is not a known field');
    } finally {
      await writeFile(stack.policyPath, policy);
      await until(async () => {
        await stack.collector.deps.policy.reload();
        return stack.collector.deps.policy.problem() === null;
      });
    }
  });
});

describe('a receiver in trouble', () => {
  it('is tried again with the same id, and shown meanwhile as not reached', async () => {
    pager.answer = (response) => void response.writeHead(500).end('s3cret');
    const { id } = await ask();
    const waiting = await until(async () => {
      const found = await deliveryOf(id, 'pager');
      return found !== undefined && found.attempts >= 2 && found.state === 'waiting' ? found : false;
    });
    expect(waiting).toMatchObject({ problem: 'it answered 500', sent_at: null });
    expect(Date.parse(waiting.next_at ?? '')).toBeGreaterThan(Date.now() - 1000);
    pager.answer = (response) => void response.writeHead(200).end();
    expect((await sent(id, 'pager')).attempts).toBeGreaterThanOrEqual(3);
    const ids = about(pager, id).map(({ headers }) => headers['webhook-id']);
    expect(ids.length).toBeGreaterThanOrEqual(3);
    expect(new Set(ids).size).toBe(1);
    expect((await deliveryOf(id, 'on-call'))?.state).toBe('sent');
  });

  it('does not ask for an answer any more once somebody has answered', async () => {
    slack.answer = (response) => void response.writeHead(503).end();
    const { id } = await ask({ severity: 'SEV2', alone: false });
    const shown = () => deliveryOf(id, 'on-call', 'request_waiting');
    await until(async () => ((await shown())?.attempts ?? 0) > 0);
    expect((await shown())?.state).not.toBe('dropped');
    await lina.call('POST', `/v1/requests/${id}/deny`, { note: 'Use the refund desk.' });
    await until(async () => (await shown())?.state === 'dropped');
    slack.answer = (response) => void response.writeHead(204).end();
    const before = about(slack, id).length;
    await sleep(1200);
    expect(about(slack, id)).toHaveLength(before);
    expect(await shown()).toMatchObject({ state: 'dropped', problem: 'it answered 503', next_at: null });
  });

  it('that hangs holds up nobody else, and is asked by a few at a time', async () => {
    slow.answer = () => {};
    const hung = await Promise.all(Array.from({ length: 6 }, () => ask({ severity: 'SLOW' })));
    await until(() => slow.received.length >= 3);
    const began = Date.now();
    const { id } = await ask();
    await sent(id, 'pager');
    expect(Date.now() - began).toBeLessThan(fast.timeoutMs - 100);
    expect(slow.received.length).toBeLessThanOrEqual(6);
    slow.answer = (response) => void response.writeHead(204).end();
    for (const one of hung) await sent(one.id, 'slow');
  });

  it('is given up after a day, and shown as given up', async () => {
    slow.answer = (response) => void response.writeHead(404).end();
    const { id } = await ask({ severity: 'SLOW' });
    await until(async () => ((await deliveryOf(id, 'slow'))?.attempts ?? 0) > 0);
    const yesterday = new Date(Date.now() - 24 * 3600_000);
    await store().updateTable('notify_messages').set({ created_at: yesterday }).where('gid', '=', id).execute();
    const given = await until(async () => {
      const found = await deliveryOf(id, 'slow');
      return found?.state === 'given_up' ? found : false;
    });
    expect(given).toMatchObject({ problem: 'it answered 404', next_at: null });
    const before = about(slow, id).length;
    await sleep(700);
    expect(about(slow, id)).toHaveLength(before);
  });

  it('does not exist: the request goes on, and everybody can see what is missing (I6)', async () => {
    const { id, state } = await ask({ severity: 'UNSET' });
    expect(state).toBe('approved');
    await sent(id, 'pager');
    const problem = 'VITRINE_NOTIFY_UNSET_URL is not set on the collector';
    expect(await deliveryOf(id, 'unset')).toMatchObject({ state: 'waiting', attempts: 0, next_at: null, problem });
    const ready = (await stack.collector.app.inject('/readyz')).json();
    expect(ready).toMatchObject({ status: 'ready' });
    expect(ready.notify_problems).toContainEqual({ channel: 'unset', problem });
    expect(stack.logged.filter((line) => line.includes(problem))).toHaveLength(1);
    const long = new Date(Date.now() - 25 * 3600_000);
    await store().updateTable('notify_deliveries').set({ next_at: long }).where('channel', '=', 'unset').execute();
    await until(async () => (await deliveryOf(id, 'unset'))?.state === 'given_up');
  });
});

describe('several collectors', () => {
  it('send each message once', async () => {
    const second = await another();
    try {
      const asked = await Promise.all(Array.from({ length: 12 }, () => ask()));
      for (const { id } of asked) await sent(id, 'pager');
      for (const { id } of asked) expect(about(pager, id)).toHaveLength(1);
    } finally {
      await second.close();
    }
  });

  it('never claim the same delivery at once', async () => {
    const asked = await Promise.all(Array.from({ length: 6 }, () => ask({ severity: 'DOOMED' })));
    const claims = await Promise.all(Array.from({ length: 10 }, () => claim(store(), 'doomed', 2, 30_000)));
    const messages = claims.flat().map(({ message }) => message);
    expect(messages.length).toBeGreaterThanOrEqual(asked.length);
    expect(new Set(messages).size).toBe(messages.length);
  });

  it('take over what one was sending when it was killed: the same id again', async () => {
    const receiver = await httpReceiver();
    const { id } = await ask({ severity: 'DOOMED' });
    let child = senderProcess(receiver.url, 1000);
    // It has the message, and dies before it hears the answer.
    receiver.answer = () => void child.kill('SIGKILL');
    await once(child, 'exit');
    expect(about(receiver, id)).toHaveLength(1);
    expect((await deliveryOf(id, 'doomed'))?.attempts).toBe(1);
    receiver.answer = (response) => void response.writeHead(204).end();
    child = senderProcess(receiver.url, 60_000);
    try {
      await until(async () => (await deliveryOf(id, 'doomed'))?.state === 'sent');
    } finally {
      child.kill();
      await once(child, 'exit');
      await receiver.stop();
    }
    const [first, again] = about(receiver, id);
    expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(again?.body).toBe(first?.body);
    expect(about(receiver, id)).toHaveLength(2);
  });

  it('leave at once what they were sending when they stop in good order', async () => {
    slow.answer = () => {};
    const { id } = await ask({ severity: 'SLOW' });
    await until(() => about(slow, id).length > 0);
    await stack.restart();
    slow.answer = (response) => void response.writeHead(204).end();
    await stack.collector.app.ready();
    await sent(id, 'slow');
    expect(new Set(about(slow, id).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });
});

it('never writes an address, a secret or a password into the log, nor an answer', () => {
  const log = [...stack.logged, ...loggedByOthers].join('');
  expect(log).toContain('a message did not arrive');
  expect(log).not.toMatch(/s3cret|whsec_|services\//);
});

it('waits longer each time, up to half an hour, not all at the same moment', () => {
  const backoff = { firstMs: 5000, mostMs: 1_800_000 };
  expect([1, 2, 3, 9, 10, 500].map((attempts) => waitAfter(attempts, backoff, 0))).toEqual([
    5000, 10_000, 20_000, 1_280_000, 1_800_000, 1_800_000,
  ]);
  expect(waitAfter(1, backoff, 0.999)).toBeGreaterThanOrEqual(2500);
});

async function another(): Promise<Collector> {
  const log = openLog('info', { write: (line) => void loggedByOthers.push(line) });
  const second = await openCollector({ ...stack.config, port: await freePort() }, rooms, { log });
  await second.app.ready();
  return second;
}

/** A process that sends what waits for the channel `doomed`, and nothing else. */
function senderProcess(url: string, leaseMs: number) {
  const at = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import { openLog } from ${at('../server/log.ts')};
    import { openMetrics } from ${at('../server/metrics.ts')};
    import { openStore } from ${at('../store/index.ts')};
    import { startSender } from ${at('./sender.ts')};
    const { store } = await openStore(process.env.DATABASE_URL, () => {});
    const way = { kind: 'webhook', url: process.env.RECEIVER, secrets: [Buffer.alloc(32, 7)] };
    startSender({
      store, log: openLog('silent'), metrics: openMetrics(), directory: {}, now: () => new Date(),
      notify: { channels: () => new Map([['doomed', { way }]]), onWake() {} },
    }, ${JSON.stringify({ ...fast, leaseMs })});`;
  return spawn(process.execPath, ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', script], {
    env: { ...process.env, DATABASE_URL: stack.config.databaseUrl, RECEIVER: url },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}
