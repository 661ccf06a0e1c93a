/**
 * Opening a connection to the target: TCP, TLS that is verified against the target's name, then `authenticate.ts`. The
 * same way leads a cancel request there. (I1)
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Activation } from '../../shared/api.ts';
import { Fault } from '../../shared/errors.ts';
import { authenticate, VersionRefused } from './authenticate.ts';
import type { Gate } from './gate.ts';
import { Upstream, type UpstreamFacts } from './upstream.ts';
import { cancelRequest, int32, type Minor, SSL_REQUEST } from './wire/messages.ts';

type Connection = Activation['connection'];

/** Opens a byte stream to the target. */
export type Dial = (host: string, port: number) => Socket;
const dialTcp: Dial = (host, port) => connectTcp({ host, port, noDelay: true, keepAlive: true });

const CONNECT_MS = 10_000;

/** Opens and authenticates a connection. Rejects with a Fault that says what to do. */
export async function openUpstream(
  connection: Connection,
  gate: Gate,
  settings: ReadonlyMap<string, string>,
  signal: AbortSignal,
  dial: Dial = dialTcp,
): Promise<Upstream> {
  const attempt = async (minor: Minor): Promise<Upstream> => {
    const refusal = gate.refusal();
    if (refusal !== null) throw new Fault(refusal.code, refusal.message, refusal.hint);
    const socket = await openSocket(connection, signal, dial);
    try {
      return new Upstream(socket, gate, await authenticate(socket, { connection, minor, settings, signal }));
    } catch (error) {
      socket.destroy();
      throw error instanceof Fault || error instanceof VersionRefused ? error : unreachable(connection, error);
    }
  };
  try {
    return await attempt(2);
  } catch (error) {
    // A server of the last ten years negotiates; an older one, and some poolers, just say no.
    if (!(error instanceof VersionRefused)) throw error;
    return await attempt(0);
  }
}

/** Asks the server to cancel what a backend is doing; resolves when the server has taken the request and closed. */
export async function cancelUpstream(
  connection: Connection,
  facts: UpstreamFacts,
  dial: Dial = dialTcp,
): Promise<void> {
  const socket = await openSocket(connection, AbortSignal.timeout(5000), dial);
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

async function openSocket(connection: Connection, signal: AbortSignal, dial: Dial): Promise<Socket | TLSSocket> {
  const { host, port, tls } = connection;
  const socket = dial(host, port);
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
