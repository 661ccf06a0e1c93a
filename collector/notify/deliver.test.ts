import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../policy/index.ts';
import { openChannel, type Way } from './channels.ts';
import { deliver } from './deliver.ts';
import { mail, mailOf } from './mail.ts';
import type { Notice } from './notice.ts';
import { hostile, httpReceiver, type MailServer, mailServer, notice, type Received, type Receiver } from './testing.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OLDER = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
const env = (values: Record<string, string>) => new Map(Object.entries(values));
const webhookTo = (url: string, secret = SECRET) =>
  openChannel(
    { id: 'pager', label: 'Pager', kind: 'webhook' },
    env({ VITRINE_NOTIFY_PAGER_URL: url, VITRINE_NOTIFY_PAGER_SECRET: secret }),
  );
const slackTo = (url: string) =>
  openChannel({ id: 'on-call', label: 'On call', kind: 'slack' }, env({ VITRINE_NOTIFY_ON_CALL_URL: url }));
const byMail = { id: 'mail', label: 'Mail', kind: 'smtp', from: 'vitrine@shop.example' } as const;
const mailTo = (url: string, channel: Partial<Extract<Channel, { kind: 'smtp' }>> = {}) =>
  openChannel(
    { ...byMail, to: ['ingrid@shop.example'], toRoles: [], ...channel },
    env({ VITRINE_NOTIFY_MAIL_URL: url }),
  );

const never = new AbortController().signal;
const surroundings = {
  now: () => new Date(),
  addressesOf: async () => ['lina@shop.example', 'x@y.example\r\nBcc: z@z'],
};
async function send({ way, problem }: { way: Way | null; problem: string | null }, one: Notice, timeoutMs = 3000) {
  if (way === null) throw new Error(problem ?? '');
  return deliver({ way, id: 'msg_test', notice: one, timeoutMs, signal: never }, surroundings);
}

let receiver: Receiver;
beforeEach(async () => {
  receiver = await httpReceiver();
});
afterEach(() => receiver.stop());

describe('a webhook', () => {
  it('carries a signature that an existing library verifies, with the older secret too', async () => {
    expect(await send(webhookTo(`${receiver.url}/hook`, `${SECRET} ${OLDER}`), notice())).toEqual({
      sent: true,
      note: null,
    });
    const [{ headers, body } = { headers: {} as Received['headers'], body: '' }] = receiver.received;
    for (const secret of [SECRET, OLDER]) {
      const verified = new Webhook(secret).verify(body, headers as Record<string, string>);
      expect(verified).toMatchObject({
        type: 'glass.broken',
        data: {
          text: 'Amira Haddad broke the glass alone: Orders (production), SEV1',
          request: { ticket: 'INC-4711' },
        },
      });
    }
    const other = new Webhook(`whsec_${Buffer.alloc(32, 1).toString('base64')}`);
    expect(() => other.verify(body, headers as Record<string, string>)).toThrow();
    expect(() => new Webhook(SECRET).verify(`${body} `, headers as Record<string, string>)).toThrow();
    expect(headers['webhook-id']).toBe('msg_test');
  });

  it('goes nowhere else than to its address: a redirect is a failure', async () => {
    const other = await httpReceiver();
    receiver.answer = (response) => void response.writeHead(307, { location: `${other.url}/stolen` }).end();
    expect(await send(webhookTo(receiver.url), notice())).toMatchObject({
      sent: false,
      problem: 'it answered 307 and points elsewhere; redirects are not followed',
    });
    expect(other.received).toEqual([]);
    await other.stop();
  });

  it('fails on a receiver that refuses, errs, hangs or is not there, in words without its address', async () => {
    const secretPath = `${receiver.url}/s3cret-path?token=s3cret`;
    receiver.answer = (response) => void response.writeHead(500).end('s3cret');
    expect(await send(webhookTo(secretPath), notice())).toEqual({ sent: false, problem: 'it answered 500' });
    receiver.answer = (response) => void response.writeHead(429, { 'retry-after': '90' }).end();
    expect(await send(webhookTo(secretPath), notice())).toEqual({
      sent: false,
      problem: 'it answered 429',
      afterMs: 90_000,
    });
    receiver.answer = () => {};
    const began = performance.now();
    expect(await send(webhookTo(secretPath), notice(), 200)).toEqual({
      sent: false,
      problem: 'it did not answer in time',
    });
    expect(performance.now() - began).toBeLessThan(2000);
    receiver.answer = (response) => void response.socket?.destroy();
    expect(await send(webhookTo(secretPath), notice())).toEqual({ sent: false, problem: 'it closed the connection' });
    await receiver.stop();
    expect(await send(webhookTo(secretPath), notice())).toEqual({ sent: false, problem: 'it refused the connection' });
    expect(await send(webhookTo('https://no-such-host.invalid/x'), notice())).toMatchObject({
      problem: expect.stringMatching(/^its name /),
    });
    receiver = await httpReceiver();
  });

  it('does not read an answer that never ends', async () => {
    let written = 0;
    receiver.answer = (response) => {
      response.writeHead(200);
      const more = (): void => {
        for (let open = true; open && !response.destroyed; ) {
          open = response.write(Buffer.alloc(65_536));
          written += 65_536;
        }
      };
      response.on('drain', more);
      more();
    };
    expect(await send(webhookTo(receiver.url), notice())).toEqual({ sent: true, note: null });
    await new Promise((done) => setTimeout(done, 300));
    expect(written).toBeLessThan(16 * 1024 * 1024);
  });
});

describe('a Slack message', () => {
  it('mentions nobody and links nowhere but to the collector, whatever people wrote', async () => {
    await send(slackTo(receiver.url), notice({ who: hostile.name, reason: hostile.reason }));
    const body = JSON.parse(receiver.received[0]?.body ?? '') as {
      text: string;
      blocks: { text: { type: string; text: string } }[];
    };
    expect(body.text).not.toMatch(/[<>]|@channel|@here|@evil|\]\(|www\.evil/);
    expect(body.text.match(/https?:\/\/\S+/g)).toEqual(['https://vitrine.example/requests/AAAAAAAAAAAAAAAAAAAAAA']);
    expect(body.text.split('\n')).toHaveLength(10);
    const [ours, ...rest] = body.blocks.filter(({ text }) => text.type !== 'plain_text');
    expect(rest).toEqual([]);
    expect(ours?.text.text).toBe('<https://vitrine.example/requests/AAAAAAAAAAAAAAAAAAAAAA|See the request>');
    expect(JSON.stringify(body)).not.toMatch(/\u202e|\u2066/);
    expect(receiver.received[0]?.body).toContain('INC-4711');
  });
});

describe('a mail', () => {
  let server: MailServer;
  beforeEach(async () => {
    server = await mailServer();
  });
  afterEach(() => server.stop());

  it('reaches the addresses of the policy and of those who hold the role, once each', async () => {
    const channel = mailTo(`smtp://127.0.0.1:${server.port}`, {
      to: ['ingrid@shop.example', 'lina@shop.example'],
      toRoles: ['approver'],
    });
    expect(await send(channel, notice())).toEqual({ sent: true, note: null });
    const [mail] = server.mails;
    expect(mail).toMatchObject({ from: 'vitrine@shop.example', to: ['ingrid@shop.example', 'lina@shop.example'] });
    expect(mail?.head).toMatch(/^Message-ID: <msg_test@vitrine\.example>$/m);
    expect(mail?.head).toMatch(/^Subject: Amira Haddad broke the glass alone: Orders \(production\), SEV1/m);
    expect(mail?.text).toMatch(/^Reason: +Orders stuck in processing since the deploy\r?$/m);
    expect(mail?.text).toContain('See the request: https://vitrine.example/requests/AAAAAAAAAAAAAAAAAAAAAA');
  });

  it('gets no header, no recipient and no line of its own from hostile texts', async () => {
    await send(mailTo(`smtp://127.0.0.1:${server.port}`), notice({ who: hostile.name, reason: hostile.reason }));
    const [mail] = server.mails;
    expect(mail?.to).toEqual(['ingrid@shop.example']);
    expect(mail?.head).not.toMatch(/^bcc:/im);
    expect(mail?.head.split('\r\n').filter((line) => /^subject:/i.test(line))).toHaveLength(1);
    expect(mail?.text).not.toMatch(/^(Bcc|Approved by):/m);
    expect(mail?.text).not.toMatch(/\u202e/);
    expect(mail?.text.match(/^Reason:/gm)).toHaveLength(1);
  });

  it('says when the server refuses some addresses, or all', async () => {
    await server.stop();
    server = await mailServer({
      onRcptTo: ({ address }, _session, done) =>
        done(address.startsWith('gone') ? new Error('no such mailbox gone@shop.example') : null),
    });
    const url = `smtp://127.0.0.1:${server.port}`;
    const some = mailTo(url, { to: ['ingrid@shop.example', 'gone@shop.example'] });
    expect(await send(some, notice())).toEqual({ sent: true, note: '1 of 2 addresses refused' });
    expect(await send(mailTo(url, { to: ['gone@shop.example'] }), notice())).toMatchObject({
      sent: false,
      problem: expect.stringMatching(/^it refuses the sender or every address/),
    });
  });

  it('waits while nobody with the role is known by address', async () => {
    const channel = mailTo(`smtp://127.0.0.1:${server.port}`, { to: [], toRoles: ['reviewer'] });
    if (channel.way === null) throw new Error('unusable');
    const attempt = { way: channel.way, id: 'msg_test', notice: notice(), timeoutMs: 1000, signal: never };
    expect(await deliver(attempt, { ...surroundings, addressesOf: async () => ['not an address'] })).toEqual({
      sent: false,
      problem: 'nobody with the role reviewer has signed in with an e-mail address yet',
    });
  });

  it('is not sent over a connection that is not secure, nor to a certificate that nobody vouches for', async () => {
    await server.stop();
    const message = mailOf(notice(), { id: 'msg_test', from: 'vitrine@shop.example', to: ['ingrid@shop.example'] });
    const at = { host: '127.0.0.1', secure: false, plain: false, user: 'u', password: 's3cret' };
    const limits = { timeoutMs: 3000, signal: never };
    server = await mailServer({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
    const refused = { sent: false, problem: 'it offers no secure connection that could be trusted' };
    expect(await mail({ ...at, port: server.port }, message, limits)).toEqual(refused);
    await server.stop();
    // Its own certificate, which no authority signed.
    server = await mailServer();
    expect(await mail({ ...at, port: server.port }, message, limits)).toMatchObject({
      sent: false,
      problem: expect.stringMatching(/secure connection/),
    });
    expect(server.mails).toEqual([]);
  });

  it('fails in time on a server that only listens, and without the password on one that refuses it', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((done) => silent.once('listening', done));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    expect(await send(mailTo(`smtp://127.0.0.1:${port}`), notice(), 300)).toEqual({
      sent: false,
      problem: 'it did not answer in time',
    });
    silent.close();
    await server.stop();
    expect(await send(mailTo(`smtp://127.0.0.1:${server.port}`), notice())).toEqual({
      sent: false,
      problem: 'it refused the connection',
    });
    expect(await send(mailTo('smtp://no-such-host.invalid'), notice())).toMatchObject({
      problem: expect.stringMatching(/^its name /),
    });
    server = await mailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ password }, _session, done) => done(new Error(`wrong password ${password}`)),
    });
    expect(await send(mailTo(`smtp://vitrine:s3cret@127.0.0.1:${server.port}`), notice())).toEqual({
      sent: false,
      problem: 'it does not accept the user and password (535)',
    });
  });
});

describe('a channel that cannot be used says why, without its address or secret (I6)', () => {
  const cases: [string, () => { problem: string | null }, string][] = [
    ['plain http to another machine', () => slackTo('http://hooks.example/s3cret'), 'URL must be https'],
    ['plain http to this machine by its name', () => slackTo(`http://${hostname()}.example/s3cret`), 'must be https'],
    ['a password in the address', () => slackTo('https://me:s3cret@hooks.example/'), 'must not hold a user'],
    ['no address', () => slackTo('s3cret'), 'URL is not a URL'],
    ['another scheme', () => mailTo('https://s3cret.example'), 'must begin with smtps:// or smtp://'],
    ['options in the address', () => mailTo('smtp://mx.example?ignoreTLS=s3cret'), 'must end after the port'],
    ['a short secret', () => webhookTo('https://hooks.example/', 'whsec_c2hvcnQ='), 'SECRET must be whsec_'],
    ['a secret of another kind', () => webhookTo('https://hooks.example/', 's3cret'), 'SECRET must be whsec_'],
  ];
  it.each(cases)('%s', (_name, open, words) => {
    const channel = open();
    expect(channel).toMatchObject({ way: null });
    expect(channel.problem).toContain(words);
    expect(channel.problem).not.toContain('s3cret');
  });

  it('requires TLS of a mail server anywhere but on loopback', () => {
    expect(mailTo('smtp://mx.example').way).toMatchObject({ server: { port: 587, secure: false, plain: false } });
    expect(mailTo('smtps://u%40x:p%2F@mx.example').way).toMatchObject({
      server: { port: 465, secure: true, plain: false, user: 'u@x', password: 'p/' },
    });
    expect(mailTo('smtp://[::1]:2525').way).toMatchObject({ server: { host: '::1', port: 2525, plain: true } });
  });
});
