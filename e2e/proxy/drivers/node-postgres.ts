/** What node-postgres does in life. COPY is not in the package itself, so its protocol is spoken here, as its add-ons do. */
import type pg from 'pg';

type Connection = pg.Connection & {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(why: string): void;
};

/** One COPY: a query as node-postgres knows it (its `Submittable`), with the calls that it makes. */
export class Copy {
  readonly done: Promise<number>;
  readonly rows: string[] = [];
  readonly #text: string;
  readonly #chunks: readonly string[] | null;
  readonly #giveUp: string | null;
  #count = 0;
  #resolve: (count: number) => void = () => {};
  #reject: (error: Error) => void = () => {};

  /** `chunks` for COPY FROM STDIN; with `giveUp` the client breaks it off after them. */
  constructor(text: string, chunks: readonly string[] | null = null, giveUp: string | null = null) {
    this.#text = text;
    this.#chunks = chunks;
    this.#giveUp = giveUp;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }
  submit(connection: pg.Connection): void {
    (connection as Connection).query(this.#text);
  }
  handleCopyInResponse(connection: Connection): void {
    for (const chunk of this.#chunks ?? []) connection.sendCopyFromChunk(Buffer.from(chunk));
    if (this.#giveUp === null) connection.endCopyFrom();
    else connection.sendCopyFail(this.#giveUp);
  }
  handleCopyData(message: { chunk: Buffer }): void {
    this.rows.push(message.chunk.toString());
  }
  handleCommandComplete(message: { text: string }): void {
    this.#count = Number(/ (\d+)$/.exec(message.text)?.[1]);
  }
  handleError(error: Error): void {
    this.#reject(error);
  }
  handleReadyForQuery(): void {
    this.#resolve(this.#count);
  }
}

/** The SQLSTATE with which it fails. */
export const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it did not fail',
    (error: { code?: string }) => error.code ?? String(error),
  );
