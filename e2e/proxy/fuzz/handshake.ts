/** The first words of a server: honest in every way that servers have, or not. PostgreSQL manual, "Start-up". */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { Cutter, encode, uint32 } from './memory-wire.ts';
import type { Random } from './random.ts';

const honest = ['trust', 'scram', 'negotiated', 'long key'] as const;
const lying = [
  'another method',
  'a wrong signature',
  'ready before it proved itself',
  'a nonce of its own',
  'no salt',
  'too many rounds',
  'an error',
  'half an error',
  'an old version',
  'garbage',
  'a message of 1 GB',
  'a hundred notices',
  'words after ReadyForQuery',
  'a goodbye',
] as const;
export type Manner = (typeof honest)[number] | (typeof lying)[number];

export const honestManner = (random: Random): Manner =>
  random.weighted([
    [12, 'trust'],
    [1, 'scram'],
    [1, 'negotiated'],
    [1, 'long key'],
  ]);
export const lyingManner = (random: Random): Manner => random.pick(lying);

export interface HandshakeOptions {
  readonly manner: Manner;
  readonly password: string;
  readonly pid: number;
  readonly key: Buffer;
  readonly say: (bytes: Buffer) => void;
  readonly close: () => void;
}

export class Handshake {
  readonly #options: HandshakeOptions;
  readonly #cutter = new Cutter();
  #startup: Buffer = Buffer.alloc(0);
  #started = false;
  #clientFirst = '';
  #serverFirst = '';
  /** It has come to its end well. */
  done = false;

  constructor(options: HandshakeOptions) {
    this.#options = options;
  }

  /** Bytes of the client; answers with those behind the handshake once it is done, else null. */
  push(chunk: Buffer): Buffer | null {
    if (this.#started) {
      for (const { type, body } of this.#cutter.push(chunk)) if (type === 'p') this.#sasl(body);
      return this.done ? Buffer.alloc(0) : null;
    }
    this.#startup = Buffer.concat([this.#startup, chunk]);
    if (this.#startup.length < 8 || this.#startup.length < this.#startup.readUInt32BE(0)) return null;
    this.#started = true;
    this.#begin(this.#startup.readUInt32BE(4) & 0xffff);
    return this.done ? Buffer.alloc(0) : null;
  }

  #begin(minor: number): void {
    const { say, close, manner } = this.#options;
    switch (manner) {
      case 'negotiated':
        if (minor > 0) say(encode('v', uint32(196608), uint32(0)));
        this.#ready();
        return;
      case 'trust':
      case 'long key':
      case 'words after ReadyForQuery':
        this.#ready();
        return;
      case 'another method':
        say(encode('R', uint32(5), 'salt'));
        return;
      case 'an error':
        say(encode('E', 'SFATAL\0VFATAL\0C53300\0Mtoo many connections\0\0'));
        close();
        return;
      case 'half an error':
        say(encode('E', 'SFATAL\0VFATAL\0C53300\0Mtoo many').subarray(0, 20));
        close();
        return;
      case 'an old version':
        say(encode('E', 'SFATAL\0VFATAL\0C0A000\0Munsupported frontend protocol 3.2\0\0'));
        close();
        return;
      case 'garbage':
        say(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
        return;
      case 'a message of 1 GB':
        say(Buffer.from([0x53, 0x3f, 0xff, 0xff, 0xff, 1, 2, 3]));
        return;
      case 'a hundred notices':
        for (let i = 0; i < 100; i++) say(encode('N', 'SNOTICE\0VNOTICE\0C00000\0Mwait\0\0'));
        close();
        return;
      case 'a goodbye':
        close();
        return;
      default:
        say(encode('R', uint32(10), 'SCRAM-SHA-256\0\0'));
    }
  }

  #sasl(body: Buffer): void {
    const { say, manner, password } = this.#options;
    if (this.#serverFirst === '') {
      this.#clientFirst = body
        .subarray(body.indexOf(0) + 5)
        .toString()
        .replace(/^n,,/, '');
      const nonce = /r=(.*)$/.exec(this.#clientFirst)?.[1] ?? '';
      const salt = manner === 'no salt' ? '' : 'c2FsdA==';
      const rounds = manner === 'too many rounds' ? 2_000_000_000 : 1;
      this.#serverFirst = `r=${manner === 'a nonce of its own' ? 'mine' : `${nonce}more`},s=${salt},i=${rounds}`;
      if (manner === 'ready before it proved itself') this.#ready();
      else say(encode('R', uint32(11), this.#serverFirst));
      return;
    }
    const withoutProof = body.toString().replace(/,p=.*$/, '');
    const salted = pbkdf2Sync(password, Buffer.from('salt'), 1, 32, 'sha256');
    const serverKey = createHmac('sha256', salted).update('Server Key').digest();
    const signed = `${this.#clientFirst},${this.#serverFirst},${withoutProof}`;
    const signature = createHmac('sha256', serverKey).update(signed).digest();
    if (manner === 'a wrong signature') signature[0] = (signature[0] ?? 0) ^ 1;
    say(encode('R', uint32(12), `v=${signature.toString('base64')}`));
    this.#ready();
  }

  #ready(): void {
    const { say, pid, key, manner } = this.#options;
    const parameters = ['server_version\x0018.4', 'client_encoding\0UTF8', 'standard_conforming_strings\0on'];
    const more = manner === 'long key' ? createHash('sha256').update(key).digest() : Buffer.alloc(0);
    say(
      Buffer.concat([
        encode('R', uint32(0)),
        ...parameters.map((text) => encode('S', `${text}\0`)),
        encode('K', uint32(pid), key, more),
        encode('Z', 'I'),
        ...(manner === 'words after ReadyForQuery' ? [encode('C', 'SELECT 1\0')] : []),
      ]),
    );
    this.done =
      manner !== 'words after ReadyForQuery' &&
      manner !== 'ready before it proved itself' &&
      manner !== 'a wrong signature';
  }
}
