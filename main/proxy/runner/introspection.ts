/** Catalog queries on a connection of their own, opened when first needed, one after the other. */
import { Fault } from '../../../shared/errors.ts';
import type { Relay } from '../relay/relay.ts';
import { readRow } from './cells.ts';
import { type Answers, WireClient } from './wire-client.ts';

export class Introspection {
  readonly #relay: Relay;
  #client: WireClient | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(relay: Relay) {
    this.#relay = relay;
  }

  /** Rejects with a Fault, or with ConnectionLost. */
  query(text: string): Promise<(string | null)[][]> {
    const answer = this.#last.then(() => this.#run(text));
    this.#last = answer.catch(() => {});
    return answer;
  }

  end(): void {
    this.#client?.end();
  }

  async #run(text: string): Promise<(string | null)[][]> {
    const client = await this.#connected();
    const rows: (string | null)[][] = [];
    let failure: Fault | null = null;
    const answers: Answers = {
      fields() {},
      row(body) {
        if (body !== null) rows.push(readRow(body));
      },
      copied() {},
      copyIn() {},
      notice() {},
      complete() {},
      error(fields) {
        failure = new Fault(fields.get('C') ?? 'introspection', fields.get('M') ?? '', fields.get('H') ?? null);
      },
    };
    await client.simple(text, answers);
    if (failure !== null) throw failure;
    return rows;
  }

  async #connected(): Promise<WireClient> {
    if (this.#client?.alive === true) return this.#client;
    const client = new WireClient(this.#relay.connect('introspection'));
    await client.connect(() => {});
    this.#client = client;
    return client;
  }
}
