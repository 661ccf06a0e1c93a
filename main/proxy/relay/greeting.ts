/** The first words of a client: encryption requests, a cancel request, or a startup message. Manual, "Start-up". */
import type { Duplex } from 'node:stream';
import { WireError } from '../wire/frames.ts';
import { CANCEL_REQUEST, GSS_REQUEST, PROTOCOL_3, readStartup, SSL_REQUEST } from '../wire/messages.ts';

export type Greeting =
  | { readonly kind: 'startup'; readonly parameters: ReadonlyMap<string, string>; readonly minor: number }
  | { readonly kind: 'cancel'; readonly pid: number; readonly key: Buffer };

/** PostgreSQL's own limit. */
const MAX_STARTUP = 10_000;

/** Resolves with the greeting, the stream paused behind it; rejects with a WireError, or when the client leaves. */
export function readGreeting(client: Duplex): Promise<Greeting> {
  return new Promise((resolve, reject) => {
    let held: Buffer = Buffer.alloc(0);
    const done = (act: () => void): void => {
      client.off('data', onData);
      client.off('close', onClose);
      client.pause();
      act();
    };
    const onClose = (): void => done(() => reject(new WireError('the client left before its startup message')));
    const onData = (chunk: Buffer): void => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      while (held.length >= 8) {
        const length = held.readUInt32BE(0);
        if (length < 8 || length > MAX_STARTUP) {
          done(() => reject(new WireError('this is not a PostgreSQL client')));
          return;
        }
        if (held.length < length) return;
        const code = held.readUInt32BE(4);
        const body = held.subarray(8, length);
        const rest = held.subarray(length);
        if (code === SSL_REQUEST || code === GSS_REQUEST) {
          // On loopback and in memory there is nothing to encrypt against.
          client.write('N');
          held = rest;
          continue;
        }
        done(() => {
          if (rest.length > 0) client.unshift(rest);
          try {
            resolve(interpret(code, body));
          } catch (error) {
            reject(error);
          }
        });
        return;
      }
    };
    client.on('data', onData);
    client.on('close', onClose);
  });
}

function interpret(code: number, body: Buffer): Greeting {
  if (code === CANCEL_REQUEST) {
    if (body.length < 8) throw new WireError('cancel request without a key');
    return { kind: 'cancel', pid: body.readInt32BE(0), key: Buffer.from(body.subarray(4)) };
  }
  if (code >>> 16 !== PROTOCOL_3 >>> 16)
    throw new WireError(`protocol ${code >>> 16}.${code & 0xffff} is not spoken here`);
  return { kind: 'startup', parameters: readStartup(body), minor: code & 0xffff };
}
