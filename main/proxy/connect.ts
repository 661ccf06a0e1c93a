/**
 * Opening a connection to the target: TCP, TLS that is verified against the target's name, SCRAM with channel binding
 * where it is offered. The same way leads a cancel request there. (I1)
 */
import { createHash } from 'node:crypto';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, TLSSocket } from 'node:tls';
import sasl from 'pg/lib/crypto/sasl.js';
import type { Activation } from '../../shared/api.ts';
import { Fault } from '../../shared/errors.ts';
import type { Gate } from './gate.ts';
import { Upstream, type UpstreamFacts } from './upstream.ts';
import { FrameReader, type FrameSink } from './wire/frames.ts';
import {
  BodyReader,
  back,
  cancelRequest,
  cstring,
  front,
  int32,
  message,
  PROTOCOL_3,
  readFields,
  SSL_REQUEST,
} from './wire/messages.ts';

type Connection = Activation['connection'];

const CONNECT_MS = 10_000;
const MAX_STARTUP_MESSAGE = 64 * 1024;

/** Opens and authenticates a connection. Rejects with a Fault that says what to do. */
export async function openUpstream(
  connection: Connection,
  gate: Gate,
  startup: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Upstream> {
  const refusal = gate.refusal();
  if (refusal !== null) throw new Fault(refusal.code, refusal.message, refusal.hint);
  const socket = await openSocket(connection, signal);
  try {
    const facts = await authenticate(socket, connection, startup, signal);
    return new Upstream(socket, gate, facts);
  } catch (error) {
    socket.destroy();
    throw error instanceof Fault ? error : unreachable(connection, error);
  }
}

/** Asks the server to cancel what a backend is doing; resolves when the server has taken the request and closed. */
export async function cancelUpstream(connection: Connection, facts: UpstreamFacts): Promise<void> {
  const socket = await openSocket(connection, AbortSignal.timeout(5000));
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => socket.destroy(new Error('no answer to the cancel request')), 5000);
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(late);
      resolve();
    });
    socket.resume();
    socket.write(cancelRequest(facts.pid, facts.key));
  });
}

async function openSocket(connection: Connection, signal: AbortSignal): Promise<Socket> {
  const { host, port, tls } = connection;
  const socket = connectTcp({ host, port, noDelay: true, keepAlive: true });
  const giveUp = (): void => {
    socket.destroy(new Error('connecting was given up'));
  };
  const late = setTimeout(giveUp, CONNECT_MS);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    if (signal.aborted) giveUp();
    await once(socket, 'connect');
    if (tls.mode === 'disable') return socket;
    socket.write(Buffer.concat([int32(8), int32(SSL_REQUEST)]));
    const answer = await onceData(socket);
    // Anything after the one byte was injected before encryption began (CVE-2021-23222).
    if (answer.length !== 1 || answer[0] !== 0x53)
      throw new Fault(
        'tls_refused',
        `${host}:${port} does not offer TLS.`,
        'Nothing was sent. Ask the operator of the target.',
      );
    const secure = connectTls({
      socket,
      ...(tls.ca === '' ? {} : { ca: tls.ca }),
      ...(isIP(tls.server_name) === 0 ? { servername: tls.server_name } : { host: tls.server_name }),
      checkServerIdentity: (_host, certificate) => checkServerIdentity(tls.server_name, certificate),
      rejectUnauthorized: true,
      ALPNProtocols: ['postgresql'],
    });
    await once(secure, 'secureConnect');
    return secure;
  } catch (error) {
    socket.destroy();
    throw error instanceof Fault ? error : unreachable(connection, error);
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', giveUp);
  }
}

function once(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the server closed the connection')));
  });
}

function onceData(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    socket.once('data', (chunk: Buffer) => {
      socket.pause();
      resolve(chunk);
    });
    socket.once('close', () => reject(new Error('the server closed the connection')));
  });
}

function unreachable(connection: Connection, error: unknown): Fault {
  const why = error instanceof Error ? error.message : String(error);
  return new Fault(
    'target_unreachable',
    `No connection to ${connection.host}:${connection.port}: ${why}. Nothing was sent.`,
    'Check the network and run it again.',
    { cause: error },
  );
}

/** SCRAM-SHA-256 only, with channel binding where the server offers it; a server that asks for the password gets none. */
function authenticate(
  socket: Socket,
  connection: Connection,
  startup: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<UpstreamFacts> {
  const parameters = new Map<string, string>();
  let pid = 0;
  let key = Buffer.alloc(0);
  let session: ReturnType<typeof sasl.startSession> | null = null;
  let proven = false;
  const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate().raw : null;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      clearTimeout(late);
      socket.destroy();
      reject(error);
    };
    const late = setTimeout(() => fail(new Error('the server did not answer in time')), CONNECT_MS);
    signal.addEventListener('abort', () => fail(new Error('connecting was given up')), { once: true });

    const onAuthentication = async (body: Buffer): Promise<void> => {
      const reader = new BodyReader(body);
      const kind = reader.int32();
      if (kind === 0) {
        // A server that has begun SCRAM must also prove that it knows the verifier.
        if (session !== null && !proven) throw new Error('the server did not prove who it is');
        return;
      }
      if (kind === 10) {
        const mechanisms: string[] = [];
        for (let name = reader.text(); name !== ''; name = reader.text()) mechanisms.push(name);
        session = sasl.startSession(mechanisms, socket instanceof TLSSocket ? socket : null);
        const first = Buffer.from(session.response);
        socket.write(message(front.password, cstring(session.mechanism), int32(first.length), first));
      } else if (kind === 11 && session !== null) {
        const stream = socket instanceof TLSSocket ? socket : null;
        await sasl.continueSession(session, connection.password, reader.rest().toString(), stream);
        socket.write(message(front.password, Buffer.from(session.response)));
      } else if (kind === 12 && session !== null) {
        sasl.finalizeSession(session, reader.rest().toString());
        proven = true;
      } else throw new Error('the server asks for an authentication other than SCRAM-SHA-256');
    };
    let ready = false;
    let spoke = false;
    const sink: FrameSink = {
      treat: () => ({ take: 'whole', limit: MAX_STARTUP_MESSAGE }),
      passed: () => {},
      ended(type, _length, body) {
        if (ready) spoke = true;
        if (body === null || ready) return;
        if (type === back.authentication) onAuthentication(body).catch(fail);
        else if (type === back.parameterStatus) {
          const reader = new BodyReader(body);
          parameters.set(reader.text(), reader.text());
        } else if (type === back.backendKeyData) {
          pid = body.readInt32BE();
          key = Buffer.from(body.subarray(4));
        } else if (type === back.error) {
          const fields = readFields(body);
          fail(
            new Fault(
              fields.get('C') ?? 'target_refused',
              `The database refused the connection: ${fields.get('M') ?? 'no reason given'}.`,
              'The grant may have ended; ask for access again, or tell the operator.',
            ),
          );
        } else if (type === back.readyForQuery) {
          ready = true;
          clearTimeout(late);
          socket.pause();
          socket.removeAllListeners('data');
          socket.removeAllListeners('close');
          socket.removeAllListeners('error');
          // Until somebody listens, an error only shows as a destroyed socket.
          socket.on('error', () => {});
          resolve({
            pid,
            key,
            parameters,
            clientPort: socket.localPort ?? 0,
            certificate: certificate === null ? null : createHash('sha256').update(certificate).digest('base64url'),
          });
        }
      },
    };
    const reader = new FrameReader(sink);
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('the server closed the connection')));
    socket.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
        // A server says nothing after ReadyForQuery until it is asked; what it did say would be lost here.
        if (ready && (spoke || !reader.atBoundary)) fail(new Error('the server spoke out of turn'));
      } catch (error) {
        fail(error);
      }
    });
    socket.resume();
    const pairs = [
      ['user', connection.user],
      ['database', connection.database],
      ['client_encoding', 'UTF8'],
      ...[...startup].filter(([name]) => name !== 'user' && name !== 'database' && name !== 'client_encoding'),
    ];
    const body = Buffer.concat([int32(PROTOCOL_3), ...pairs.flat().map(cstring), Buffer.alloc(1)]);
    socket.write(Buffer.concat([int32(body.length + 4), body]));
  });
}
