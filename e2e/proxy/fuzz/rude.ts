/** What no client should send: conversations with something wrong in them, and first words of every kind. */
import { legal } from './conversation.ts';
import { encode, uint16, uint32 } from './memory-wire.ts';
import type { Move } from './moves.ts';
import type { Random } from './random.ts';

/** What nobody should send: a legal conversation with its messages lost, doubled, swapped, bent, or among strangers. */
export function hostile(random: Random): Move[] {
  const moves = legal(random);
  for (let times = random.between(1, 4); times > 0; times--) {
    const at = random.below(moves.length + 1);
    const victim = moves[Math.min(at, moves.length - 1)];
    random.weighted<() => void>([
      [3, () => void moves.splice(at, 0, stranger(random))],
      [1, () => void moves.splice(at, 1)],
      [1, () => void (victim && moves.splice(at, 0, victim))],
      [2, () => void moves.splice(random.below(moves.length + 1), 0, ...moves.splice(at, 1))],
      [3, () => void (victim && moves.splice(Math.min(at, moves.length - 1), 1, bent(random, victim)))],
      [1, () => void moves.splice(at)],
    ])();
  }
  return moves;
}

/** One message with something wrong inside it. */
function bent(random: Random, { bytes, note }: Move): Move {
  // One that was bent before may be too short for more.
  const copy = bytes.length < 5 ? encode('S') : Buffer.from(bytes);
  const at = random.below(copy.length);
  switch (random.below(6)) {
    case 0:
      return { bytes: copy.subarray(0, at), note: `${note}, cut short` };
    case 1:
      copy.writeUInt32BE(random.pick([0, 3, 4, 5, 0x7fffffff, 0xffffffff, 0x3fffffff, random.below(200)]), 1);
      return { bytes: copy, note: `${note}, of another length` };
    case 2:
      copy[0] = random.below(256);
      return { bytes: copy, note: `${note}, of another type` };
    case 3:
      copy[at] = random.pick([0, 255, 0xc3, random.below(256)]);
      return { bytes: copy, note: `${note}, a byte changed` };
    case 4: {
      // A whole message still, with more or less in it than it says inside.
      const body = random.chance(0.5)
        ? copy.subarray(5, 5 + random.below(copy.length))
        : Buffer.concat([copy.subarray(5), random.bytes(9)]);
      return { bytes: encode(String.fromCharCode(copy[0] ?? 0), body), note: `${note}, of another body` };
    }
    default:
      return { bytes: Buffer.concat([copy, random.bytes(random.between(1, 12))]), note: `${note}, and noise` };
  }
}

const name63 = 'n'.repeat(63);
function stranger(random: Random): Move {
  const made = random.pick<() => [string, Buffer]>([
    () => ['an encryption request', Buffer.concat([uint32(8), uint32(80877103)])],
    () => ['a cancel request', Buffer.concat([uint32(16), uint32(80877102), uint32(1), random.bytes(4)])],
    () => ['a second startup', Buffer.concat([uint32(17), uint32(196608), Buffer.from('user\0x\0\0')])],
    () => ['a password', encode('p', 'secret\0')],
    () => ['an unknown message', encode(String.fromCharCode(random.below(256)), random.bytes(random.below(30)))],
    () => ['an answer', encode(random.pick(['Z', 'T', 'R', 'K', '1', '2', 'N']), 'I')],
    () => ['noise', random.bytes(random.between(1, 60))],
    () => ['a text that is not UTF-8', encode('Q', Buffer.from("select '\xff\xfe'\0", 'latin1'))],
    () => ['a text with a tag of its own', encode('Q', 'select 8\n/*vitrine:AAAAAAAAAAAAAAAAAAAAAA*/\0')],
    () => ['two texts in one', encode('Q', 'select 1\0; drop table t\0')],
    () => ['a text without an end', encode('Q', 'select 1')],
    () => ['a text of NULs', encode('Q', Buffer.alloc(20))],
    () => [
      'a Parse with a tag in its name',
      encode('P', 'n: select 1\n/*vitrine:AAAAAAAAAAAAAAAAAAAAAA*/', '\0', 'select 1\0', uint16(0)),
    ],
    () => ['a Parse of 65,535 types', encode('P', '\0select 1\0', uint16(65535))],
    () => ['a Bind of 65,535 values', encode('B', '\0\0', uint16(0), uint16(65535), Buffer.alloc(65535 * 4, 255))],
    () => ['a Bind that promises 2 GB', encode('B', '\0\0', uint16(0), uint16(1), uint32(0x7fffffff))],
    () => ['a Bind of negative length', encode('B', '\0\0', uint16(0), uint16(1), uint32(0xfffffffe))],
    () => ['an Execute without a limit', encode('E', '\0')],
    () => ['an Execute of a negative limit', encode('E', '\0', uint32(0xffffffff))],
    () => ['a Describe of nothing', encode('D', '')],
    () => ['a Describe of X', encode('D', 'Xname\0')],
    () => ['a Close without an end', encode('C', 'Sname')],
    () => ['a Close of X', encode('C', 'Xname\0')],
    () => ['a Sync with a body', encode('S', 'select 1')],
    () => ['a hundred Syncs', Buffer.concat(Array(100).fill(encode('S')))],
    () => [
      'two hundred portals',
      Buffer.concat(
        Array.from({ length: 200 }, (_, i) => encode('B', `${name63}${i}`, '\0\0', uint16(0), uint16(0), uint16(0))),
      ),
    ],
    () => [
      'two hundred statements',
      Buffer.concat(Array.from({ length: 200 }, (_, i) => encode('P', `${name63}${i}`, '\0select 1\0', uint16(0)))),
    ],
    () => ['a FunctionCall of nothing', encode('F', '')],
    () => ['a FunctionCall that lies', encode('F', uint32(1), uint16(9), uint16(1))],
    () => ['the beginning of a query of 1 GB', Buffer.from([0x51, 0x3f, 0xff, 0xff, 0xff, 0x73])],
    () => ['the beginning of a COPY message of 1 GB', Buffer.from([0x64, 0x3f, 0xff, 0xff, 0xff, 0x73])],
    () => ['a long query', encode('Q', `select '${'x'.repeat(300_000)}'\0`)],
    () => ['a deep query', encode('Q', `select ${'('.repeat(3000)}1${')'.repeat(3000)}\0`)],
    () => [
      'a setting that leaves the fence',
      encode(
        'Q',
        `${random.pick(['set role postgres', 'set session authorization x', "set client_encoding = 'SJIS'", 'set standard_conforming_strings = off'])}\0`,
      ),
    ],
    () => ['a goodbye', encode('X')],
    () => ['a goodbye with words', encode('X', 'bye')],
  ])();
  return { bytes: made[1], note: made[0] };
}

/** The first words: right ones mostly. */
export function startup(random: Random, honest: boolean): Move {
  const plain = (minor: number, ...pairs: string[]): Buffer => {
    const body = Buffer.from(`${['user', 'x', 'database', 'shop', ...pairs].join('\0')}\0\0`);
    return Buffer.concat([uint32(body.length + 8), uint32(196608 + minor), body]);
  };
  if (honest) return { bytes: plain(random.pick([0, 0, 0, 2])), note: 'Startup' };
  const made = random.pick<() => [string, Buffer]>([
    () => [
      'encryption requests first',
      Buffer.concat([uint32(8), uint32(80877103), uint32(8), uint32(80877104), plain(0)]),
    ],
    () => ['a version of the future', plain(99, '_pq_.shiny', 'on')],
    () => ['version 2', Buffer.concat([uint32(8), uint32(131072)])],
    () => ['a setting that is not allowed', plain(0, 'options', '-c role=postgres')],
    () => ['replication', plain(0, 'replication', 'database')],
    () => ['a strange setting', plain(0, `na'me\n${'x'.repeat(100)}`, 'v')],
    () => ['no user', Buffer.concat([uint32(9), uint32(196608), Buffer.alloc(1)])],
    () => ['names without an end', Buffer.concat([uint32(12), uint32(196608), Buffer.from('user')])],
    () => ['a length that is too long', Buffer.concat([uint32(20_000), uint32(196608)])],
    () => ['a length that is too short', Buffer.concat([uint32(4), uint32(196608)])],
    () => ['half of it', plain(0).subarray(0, random.below(20))],
    () => ['a cancel request', Buffer.concat([uint32(16), uint32(80877102), uint32(7), random.bytes(4)])],
    () => ['a cancel request without a key', Buffer.concat([uint32(8), uint32(80877102)])],
    () => [
      'a cancel request with a long key',
      Buffer.concat([uint32(268), uint32(80877102), uint32(7), random.bytes(256)]),
    ],
    () => ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    () => ['TLS', Buffer.concat([Buffer.from([0x16, 3, 1, 2, 0]), random.bytes(100)])],
    () => ['nothing but noise', random.bytes(random.between(1, 100))],
  ])();
  return { bytes: made[1], note: `Startup: ${made[0]}` };
}
