/**
 * The first words with the target: the protocol version, SCRAM, and what the server tells of itself until it is ready.
 * Manual, "Start-up" and "SASL Authentication". (I1)
 */
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import sasl from 'pg/lib/crypto/sasl.js';
import type { Activation } from '../../shared/api.ts';
import { Fault } from '../../shared/errors.ts';
import type { UpstreamFacts } from './upstream.ts';
import { FrameReader, type FrameSink } from './wire/frames.ts';
import {
  BodyReader,
  back,
  cstring,
  type Fields,
  front,
  int32,
  type Minor,
  message,
  PROTOCOL_3,
  readFields,
} from './wire/messages.ts';

interface Asked {
  readonly connection: Pick<Activation['connection'], 'user' | 'database' | 'password'>;
  readonly minor: Minor;
  /** For the startup message, by name. */
  readonly settings: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
}

/** The server said no to the version before it asked who we are. */
export class VersionRefused extends Error {}

const ANSWER_MS = 10_000;
const MAX_STARTUP_MESSAGE = 64 * 1024;

/** SCRAM-SHA-256 only, with channel binding where the server offers it; a server that asks for the password gets none. */
export function authenticate(socket: Socket | TLSSocket, asked: Asked): Promise<UpstreamFacts> {
  const { connection, settings, signal } = asked;
  const tls = 'getPeerCertificate' in socket ? socket : null;
  let minor = asked.minor;
  /** The server has answered our startup message with something other than a refusal. */
  let answered = false;
  const parameters = new Map<string, string>();
  let pid = 0;
  let key = Buffer.alloc(0);
  let session: ReturnType<typeof sasl.startSession> | null = null;
  let proven = false;
  const certificate = tls?.getPeerCertificate().raw ?? null;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      clearTimeout(late);
      socket.destroy();
      reject(error);
    };
    const late = setTimeout(() => fail(new Error('the server did not answer in time')), ANSWER_MS);
    signal.addEventListener('abort', () => fail(new Error('connecting was given up')), { once: true });

    /** NegotiateProtocolVersion: 3.0 is all that the server can do. We ask for no options, so it can refuse none. */
    const onNegotiation = (body: Buffer): void => {
      const reader = new BodyReader(body);
      const version = reader.int32();
      if (answered || version !== PROTOCOL_3 || reader.int32() !== 0)
        throw new Error('the server answers our protocol version with one that we did not offer');
      minor = 0;
    };
    const onKey = (body: Buffer): void => {
      const length = body.length - 4;
      if (minor === 0 ? length !== 4 : length < 4 || length > 256)
        throw new Error('the server gave a cancel key of impossible length');
      pid = body.readInt32BE();
      key = Buffer.from(body.subarray(4));
    };
    const onError = (fields: Fields): unknown => {
      const code = fields.get('C');
      if (!answered && asked.minor !== 0 && (code === '0A000' || code === '08P01')) return new VersionRefused(code);
      return new Fault(
        code ?? 'target_refused',
        `The database refused the connection: ${fields.get('M') ?? 'no reason given'}.`,
        'The grant may have ended; ask for access again, or tell the operator.',
      );
    };
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
        session = sasl.startSession(mechanisms, tls);
        const first = Buffer.from(session.response);
        socket.write(message(front.password, cstring(session.mechanism), int32(first.length), first));
      } else if (kind === 11 && session !== null) {
        await sasl.continueSession(session, connection.password, reader.rest().toString(), tls);
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
        else if (type === back.negotiateVersion) onNegotiation(body);
        else if (type === back.parameterStatus) {
          const reader = new BodyReader(body);
          parameters.set(reader.text(), reader.text());
        } else if (type === back.backendKeyData) onKey(body);
        else if (type === back.error) fail(onError(readFields(body)));
        else if (type === back.readyForQuery) {
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
        answered = true;
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
      ...[...settings].filter(([name]) => name !== 'user' && name !== 'database' && name !== 'client_encoding'),
    ];
    const body = Buffer.concat([int32(PROTOCOL_3 + asked.minor), ...pairs.flat().map(cstring), Buffer.alloc(1)]);
    socket.write(Buffer.concat([int32(body.length + 4), body]));
  });
}
