import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { notifyTest } from './commands.ts';
import { httpReceiver, type MailServer, mailServer, type Receiver } from './testing.ts';

const POLICY = `
version: 1
roles: { engineer: [oncall], approver: [commanders] }
targets:
  orders: { label: Orders, environment: production, host: 127.0.0.1, database: shop, tls: { mode: disable } }
scopes: { reading: { label: Read, mode: read, tables: [{ schema: shop, table: orders, select: '*' }] } }
severities: { SEV1: { label: Now, max_minutes: 30, alone: true } }
rules: [{ roles: [engineer], targets: [orders], scopes: [reading], severities: [SEV1] }]
notify:
  channels:
    pager: { kind: webhook }
    mail: { kind: smtp, from: vitrine@shop.example, to_roles: [approver] }
`;
const dir = mkdtempSync(join(tmpdir(), 'vitrine-notify-'));
const policy = join(dir, 'policy.yaml');
let receiver: Receiver;
let mails: MailServer;
beforeAll(() => writeFileSync(policy, POLICY));
beforeEach(async () => {
  [receiver, mails] = await Promise.all([httpReceiver(), mailServer()]);
});
afterEach(() => Promise.all([receiver.stop(), mails.stop()]));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const env = () => ({
  VITRINE_PUBLIC_URL: 'https://vitrine.example',
  VITRINE_NOTIFY_PAGER_URL: `${receiver.url}/s3cret`,
  VITRINE_NOTIFY_PAGER_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  VITRINE_NOTIFY_MAIL_URL: `smtp://127.0.0.1:${mails.port}`,
});
const test = (channel: string, to?: string, over: Record<string, string | undefined> = {}) =>
  notifyTest({ policy, channel, to }, { ...env(), ...over });

describe('a test message from the command line', () => {
  it('arrives, and the answer says so', async () => {
    expect(await test('pager')).toEqual({ code: 0, text: expect.stringMatching(/^pager: delivered in \d+ ms\.$/) });
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({
      type: 'channel.test',
      data: { text: 'Test of a Vitrine channel', url: 'https://vitrine.example', request: null },
    });
    expect((await test('mail', 'lina@shop.example')).code).toBe(0);
    expect(mails.mails[0]).toMatchObject({ to: ['lina@shop.example'] });
  });

  it('or says why it did not, without the address', async () => {
    receiver.answer = (response) => void response.writeHead(403).end();
    const refused = await test('pager');
    expect(refused).toEqual({ code: 1, text: expect.stringMatching(/^pager: not delivered: it answered 403\./) });
    expect(await test('pager', undefined, { VITRINE_NOTIFY_PAGER_URL: undefined })).toEqual({
      code: 1,
      text: 'pager: cannot be used: VITRINE_NOTIFY_PAGER_URL is not set on the collector.',
    });
  });

  it('needs a channel of the policy, and an address where the policy names roles', async () => {
    await expect(test('paper')).rejects.toMatchObject({ message: expect.stringContaining('has no channel paper') });
    await expect(test('mail')).rejects.toMatchObject({ message: 'mail names people by role only.' });
    await expect(test('mail', 'lina@shop.example\r\nBcc: x@y.example')).rejects.toThrow('--to is an e-mail address');
    await expect(test('pager', 'lina@shop.example')).rejects.toThrow('--to is an e-mail address');
  });
});
