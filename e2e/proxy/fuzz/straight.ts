/** The same conversation without a relay in between. */
import { Duplex } from 'node:stream';
import { Handshake } from './handshake.ts';
import { Model } from './model.ts';

/** What the model of a server answers to these messages. */
export function straight(messages: readonly Buffer[]): Buffer {
  const said: Buffer[] = [];
  const handshake = new Handshake({
    manner: 'trust',
    password: '',
    pid: 1,
    key: Buffer.alloc(4),
    say: () => {},
    close: () => {},
  });
  const nobody = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const model = new Model({ stream: nobody, handshake, say: (bytes) => said.push(bytes), ready: () => {} });
  model.hear(Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0]));
  for (const message of messages) model.hear(message);
  nobody.destroy();
  return Buffer.concat(said);
}
