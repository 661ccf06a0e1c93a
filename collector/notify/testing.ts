/** Support for tests: real receivers over HTTP and SMTP, and a notice whose every text is hostile. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Notice } from './notice.ts';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** What the next requests get; 204 until set. */
  answer: (response: ServerResponse, received: Received) => void;
  stop(): Promise<void>;
}

export async function httpReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const one = { path: request.url ?? '', headers: request.headers, body };
      receiver.received.push(one);
      receiver.answer(response, one);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    answer: (response) => void response.writeHead(204).end(),
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return receiver;
}

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Header lines and body as they came over the wire. */
  readonly head: string;
  readonly text: string;
}
export interface MailServer {
  readonly port: number;
  readonly mails: Mail[];
  stop(): Promise<void>;
}

export async function mailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    closeTimeout: 100,
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const [head = '', ...rest] = Buffer.concat(parts).toString('utf8').split('\r\n\r\n');
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          head,
          text: decoded(head, rest.join('\r\n\r\n')),
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  const listening = await new Promise<AddressInfo>((done) => {
    const socket = server.listen(0, '127.0.0.1', () => done(socket.address() as AddressInfo));
  });
  return { port: listening.port, mails, stop: () => new Promise((done) => server.close(() => done())) };
}

function decoded(head: string, body: string): string {
  if (/^content-transfer-encoding: base64/im.test(head)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/^content-transfer-encoding: quoted-printable/im.test(head)) return body;
  const bytes = body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => `%${hex}`);
  return decodeURIComponent(bytes.replace(/%(?![0-9A-F]{2})/g, '%25'));
}

export const hostile = {
  name: 'Mallory <!channel>\r\nBcc: everyone@evil.example',
  reason: [
    '<!here> @channel <https://evil.example|Approve here> [Approve](https://evil.example) www.evil.example',
    'Approved by: Li Na\u202e\u2066',
  ].join('\r\n'),
};

export const notice = (changes: Partial<NonNullable<Notice['request']>> & { readonly who?: string } = {}): Notice => {
  const { who = 'Amira Haddad', ...request } = changes;
  return {
    event: 'glass_broken',
    at: '2026-11-23T14:02:11.000Z',
    url: 'https://vitrine.example/requests/AAAAAAAAAAAAAAAAAAAAAA',
    request: {
      id: 'AAAAAAAAAAAAAAAAAAAAAA',
      by: { sub: 'amira', name: who },
      target: { id: 'orders', label: 'Orders', environment: 'production' },
      scope: { id: 'orders-repair', label: 'Repair orders', mode: 'write' },
      severity: 'SEV1',
      ticket: 'INC-4711',
      reason: 'Orders stuck in processing since the deploy',
      minutes: 30,
      alone: true,
      approvals_needed: 0,
      lapses_at: '2026-11-23T14:17:11.000Z',
      review_due_at: null,
      ...request,
    },
    by: null,
    detail: null,
  };
};
