/** The messages of a client, each with a note of what it is. */
import { encode, uint16, uint32 } from './memory-wire.ts';
import type { Random } from './random.ts';

/** One message, or what was made of it. */
export interface Move {
  readonly bytes: Buffer;
  readonly note: string;
}

export const query = (text: string): Move => ({ bytes: encode('Q', text, '\0'), note: `Query ${text}` });
export const parse = (name: string, text: string): Move => ({
  bytes: encode('P', name, '\0', text, '\0', uint16(0)),
  note: `Parse ${name}: ${text}`,
});
export function bind(random: Random, portal: string, statement: string): Move {
  const values = Array.from(
    {
      length: random.weighted([
        [4, 0],
        [2, 1],
        [1, random.below(5)],
      ]),
    },
    () =>
      random.pick([
        null,
        Buffer.alloc(0),
        Buffer.from('1'),
        Buffer.from("it's ☃"),
        Buffer.from([0, 255, 128]),
        random.bytes(40),
      ]),
  );
  const formats = random.pick([[], [0], [1], values.map(() => random.below(2))]);
  const bytes = encode(
    'B',
    ...[portal, '\0', statement, '\0', uint16(formats.length), ...formats.map(uint16), uint16(values.length)],
    ...values.flatMap((value) => (value === null ? [uint32(0xffffffff)] : [uint32(value.length), value])),
    uint16(0),
  );
  return { bytes, note: `Bind ${portal} to ${statement}, ${values.length} values` };
}
export const execute = (portal: string, limit: number): Move => ({
  bytes: encode('E', portal, '\0', uint32(limit)),
  note: `Execute ${portal} limit ${limit}`,
});
export const describing = (what: string, name: string): Move => ({
  bytes: encode('D', what, name, '\0'),
  note: `Describe ${what}${name}`,
});
export const close = (what: string, name: string): Move => ({
  bytes: encode('C', what, name, '\0'),
  note: `Close ${what}${name}`,
});
export const sync: Move = { bytes: encode('S'), note: 'Sync' };
export const flush: Move = { bytes: encode('H'), note: 'Flush' };
export const call: Move = {
  bytes: encode('F', uint32(177), uint16(0), uint16(1), uint32(1), '5', uint16(0)),
  note: 'FunctionCall',
};
export const copyData = (text: string): Move => ({ bytes: encode('d', text), note: `CopyData ${text.length}` });
export const copyDone: Move = { bytes: encode('c'), note: 'CopyDone' };
export const copyFail: Move = { bytes: encode('f', 'no\0'), note: 'CopyFail' };
