/**
 * One case: a client, a relay, a target, and everything that must hold whatever they do to one another.
 *
 *   faithful   both ends keep to the protocol: the client must get byte for byte what the server says to somebody without
 *              a relay, and the log must say of every statement what the server truly did
 *   rude       the client does not keep to it
 *   lying      the server does not, from its first word or later
 *   disturbed  both do, but the gate closes, the log fails, somebody cancels or leaves in the middle
 *
 * In all of them (I1, I2, I3, I6): nothing reaches the server without its intent, permit and tag, or outside the gate;
 * every intent has one outcome; nobody hangs, nothing stays open, no defect is met.
 */
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRelay, type Relay } from '../../../main/proxy/index.ts';
import { grantOf, limits } from '../../../main/proxy/testing.ts';
import { ownWords, readiesIn, told } from './answers.ts';
import { legal } from './conversation.ts';
import { honestManner, lyingManner } from './handshake.ts';
import { compareTruth, judgeAnswers, judgeRecords } from './judge.ts';
import { Ledger } from './ledger.ts';
import { Cutter, quiet } from './memory-wire.ts';
import { pieces } from './mischief.ts';
import { type Move, query, sync } from './moves.ts';
import { Random } from './random.ts';
import { hostile, startup } from './rude.ts';
import { straight } from './straight.ts';
import { password, Target } from './target.ts';

export type Kind = 'faithful' | 'rude' | 'lying' | 'disturbed';
export interface Judged {
  readonly kind: Kind;
  /** What did not hold; empty when all did. */
  readonly findings: readonly string[];
  /** The conversation, one message a line. */
  readonly story: readonly string[];
  readonly statements: number;
}

/** After the end has begun, everything must be over within this; the machine may be busy with hundreds of cases. */
const PATIENCE_MS = 30_000;

export async function runCase(seed: number, index: number): Promise<Judged> {
  const random = new Random(seed, index);
  const kind = random.weighted<Kind>([
    [4, 'faithful'],
    [3, 'rude'],
    [2, 'lying'],
    [2, 'disturbed'],
  ]);
  const one = new Case(random, kind);
  await one.run();
  return { kind, findings: one.findings, story: one.story, statements: one.ledger.intents.size };
}

class Case {
  readonly findings: string[] = [];
  readonly story: string[] = [];
  readonly ledger: Ledger;
  readonly #random: Random;
  readonly #kind: Kind;
  readonly #target: Target;
  readonly #relay: Relay;
  readonly #client: Duplex;
  readonly #cutter = new Cutter();
  readonly #heard: Buffer[] = [];
  #heardBytes = 0;
  #readies = 0;
  #welcome = false;
  #toldClosed = 0;
  #left = false;
  #gateOpen = true;

  constructor(random: Random, kind: Kind) {
    this.#random = random;
    this.#kind = kind;
    const mode = kind === 'rude' && random.chance(0.3) ? 'read' : null;
    const slow = random.chance(0.2);
    this.ledger = new Ledger(() => (slow ? random.below(6) : random.below(2)));
    const manner = kind === 'lying' && random.chance(0.15) ? lyingManner(random) : honestManner(random);
    this.#target = new Target({
      random,
      ledger: this.ledger,
      manner,
      bent: kind === 'lying',
      gateOpen: () => this.#gateOpen,
    });
    if (manner !== 'trust') this.story.push(`the server begins with: ${manner}`);
    this.#relay = openRelay({
      connection: {
        host: 'target',
        port: 5432,
        database: 'shop',
        user: 'breaker',
        password,
        tls: { mode: 'disable', ca: '', server_name: '' },
      },
      target: { id: 'orders' },
      gate: {
        refusal: () => (this.#gateOpen ? null : { code: '57P01', message: 'grant expired', hint: 'Ask again.' }),
      },
      log: this.ledger,
      session: {
        gid: 'A'.repeat(22),
        grant: grantOf('write'),
        idToken: 'e30.e30.sig',
        limits: { ...limits, unparsed: kind === 'faithful' || random.chance(0.7) },
      },
      clock: { wall: () => Date.now(), mono: () => performance.now() },
      mode: () => mode,
      dial: this.#target.dial,
    });
    this.#client = this.#relay.connect('driver', { observer: { closed: () => void this.#toldClosed++ } });
    this.#client.on('error', () => {});
    this.#client.on('data', (chunk: Buffer) => this.#hear(chunk));
    this.#client.on('end', () => this.#client.end());
  }

  async run(): Promise<void> {
    const random = this.#random;
    const begin = startup(random, this.#kind !== 'rude' || random.chance(0.9));
    this.#say(begin);
    if (this.#kind === 'faithful') await this.#until(() => this.#welcome, 'the client is let in');
    else await quiet(() => this.#progress());
    const moves = this.#kind === 'rude' ? hostile(random) : legal(random);
    if (this.#kind === 'disturbed' && random.chance(0.5))
      moves.splice(random.below(moves.length + 1), 0, query('select pg_sleep(10)'));
    if (this.#kind === 'faithful') await this.#faithful(moves);
    else await this.#converse(moves);
    await this.#end();
    this.#judge();
  }

  /** As a client without a relay would have it, byte for byte. */
  async #faithful(moves: Move[]): Promise<void> {
    // Whatever the conversation has left open is brought to an end, so that the last answer ends everything.
    const all = [...moves, sync, query('rollback'), query('select 1')];
    const wanted = straight(all.map(({ bytes }) => bytes));
    await this.#converse(all);
    await this.#until(() => this.#readies >= readiesIn(wanted), 'everything is answered');
    await quiet(() => this.#progress());
    const [got, want] = [told(Buffer.concat(this.#heard)), told(wanted)];
    if (got !== want) this.findings.push(`the client heard ${got} and not ${want}`);
    for (const { code } of this.ledger.notices)
      if (!ownWords.has(code ?? '')) this.findings.push(`something was refused: ${code}`);
    const [backend] = this.#target.backends;
    if (backend !== undefined) this.findings.push(...compareTruth(backend));
  }

  /** Says everything, in pieces and with pauses of this case's own; disturbed cases are disturbed on the way. */
  async #converse(moves: readonly Move[]): Promise<void> {
    const random = this.#random;
    const manner = random.pick(['at once', 'step by step', 'now and then'] as const);
    const disturbedAt = this.#kind === 'disturbed' || random.chance(0.1) ? random.below(moves.length + 1) : -1;
    let burst: Move[] = [];
    const flush = (): void => {
      if (burst.length === 0) return;
      for (const piece of pieces(random, Buffer.concat(burst.map(({ bytes }) => bytes)))) this.#write(piece);
      for (const { note } of burst) this.story.push(note);
      burst = [];
    };
    for (const [i, move] of moves.entries()) {
      burst.push(move);
      if (manner !== 'at once') flush();
      if (manner === 'step by step' || (manner === 'now and then' && random.chance(0.3)))
        await quiet(() => this.#progress());
      if (i === disturbedAt && this.#kind !== 'faithful') {
        flush();
        await this.#disturb();
      }
    }
    flush();
    await quiet(() => this.#progress());
    if (disturbedAt >= 0 && this.#kind !== 'faithful' && random.chance(0.5)) {
      this.#gateOpen = true;
      this.ledger.failing = false;
    }
  }

  async #disturb(): Promise<void> {
    const random = this.#random;
    const what = random.pick([
      'the gate closes',
      'the log fails',
      'a cancel',
      'three cancels',
      'a cancel with a wrong key',
      'the client stops reading',
      'the client leaves',
      'the grant ends',
      'the server goes',
    ] as const);
    this.story.push(`-- ${what}`);
    for (let turns = random.below(3); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
    switch (what) {
      case 'the gate closes':
        this.#gateOpen = false;
        return;
      case 'the log fails':
        this.ledger.failing = true;
        return;
      case 'a cancel':
      case 'three cancels':
        for (let times = what === 'a cancel' ? 1 : 3; times > 0; times--)
          void this.#relay.cancel(this.#client).catch(() => {});
        return;
      case 'a cancel with a wrong key': {
        const other = this.#relay.connect('driver');
        other.on('error', () => {});
        other.resume();
        other.end(Buffer.from([0, 0, 0, 16, 4, 0xd2, 0x16, 0x2e, 0, 0, 0, 1, 9, 9, 9, 9]));
        return;
      }
      case 'the client stops reading':
        this.#client.pause();
        return;
      case 'the client leaves':
        this.#left = true;
        this.#client.destroy();
        return;
      case 'the grant ends':
        void this.#relay.cut('revoked');
        return;
      case 'the server goes':
        for (const { far } of this.#target.wires) far.destroy();
    }
  }

  async #end(): Promise<void> {
    const how =
      this.#kind === 'faithful'
        ? 'a goodbye'
        : this.#random.pick(['a goodbye', 'an end', 'a reset', 'the grant’s end'] as const);
    this.story.push(`-- ended by ${how}`);
    this.#client.resume();
    if (how === 'a goodbye') this.#write(Buffer.from([0x58, 0, 0, 0, 4]));
    else if (how === 'an end') this.#client.end();
    else if (how === 'a reset') {
      this.#left = true;
      this.#client.destroy();
    } else if (this.#random.chance(0.5)) await sleep(1);
    if (how !== 'the grant’s end') await quiet(() => this.#progress());
    if (how === 'a goodbye' && this.#kind !== 'faithful') this.#client.end();
    const cut = this.#relay.cut('handed_back');
    let over = false;
    void cut.then(() => {
      over = true;
    });
    await this.#until(() => over, 'the cut is over');
    // A client that has not even said its name is not the relay's to close.
    if (this.#target.wires.length === 0) this.#client.destroy();
    await this.#until(() => this.#target.gone, 'every connection to the server is closed');
    await this.#until(() => this.ledger.opened === this.ledger.closed, 'every session is closed');
    await this.#until(() => this.#client.destroyed, 'the client’s stream is closed');
  }

  #judge(): void {
    const { findings, ledger, story } = this;
    findings.push(...judgeRecords(ledger, ledger.failing || story.includes('-- the log fails')));
    if (this.#toldClosed > 1) findings.push(`its end was told ${this.#toldClosed} times`);
    if (this.#kind === 'lying') return;
    for (const { model } of this.#target.backends) findings.push(...model.violations);
    const brokenOff = this.#left || story.includes('-- the server goes');
    findings.push(...judgeAnswers(Buffer.concat(this.#heard), this.#cutter, brokenOff, ledger));
  }

  #say(move: Move): void {
    this.story.push(move.note);
    for (const piece of pieces(this.#random, move.bytes)) this.#write(piece);
  }
  #write(bytes: Buffer): void {
    if (this.#client.writable) this.#client.write(bytes);
  }
  /** The words of welcome, in one piece, are not part of the comparison. */
  #hear(chunk: Buffer): void {
    // Encryption is declined with one letter, before there are messages.
    if (!this.#welcome && chunk.length === 1 && chunk[0] === 0x4e) return;
    const frames = this.#cutter.push(chunk);
    if (!this.#welcome) {
      this.#welcome = frames.some(({ type }) => type === 'Z');
      return;
    }
    this.#readies += frames.filter(({ type }) => type === 'Z').length;
    this.#heard.push(chunk);
    this.#heardBytes += chunk.length;
  }
  #progress(): number {
    return this.#heardBytes + this.#target.progress + this.ledger.intents.size + (this.#welcome ? 1 : 0);
  }

  /** Waits in turns of the event loop, then in milliseconds; a case that waits too long has hung. */
  async #until(over: () => boolean, what: string): Promise<void> {
    for (let turns = 0; turns < 20 && !over(); turns++) await new Promise((resolve) => setImmediate(resolve));
    const late = performance.now() + PATIENCE_MS;
    while (!over()) {
      if (this.findings.some((finding) => finding.startsWith('hung'))) return;
      if (performance.now() > late) this.findings.push(`hung: waited too long until ${what}`);
      await sleep(5);
    }
  }
}
