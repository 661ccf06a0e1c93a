/** Bytes that are being put together: one buffer that grows and is handed over when it is long enough. */
const FIRST = 64 * 1024;
/** Below this a loop is quicker than a call into the runtime. */
const SHORT = 48;

export class Out {
  #bytes: Buffer = Buffer.allocUnsafe(FIRST);
  #length = 0;
  #taken = 0;

  /** Bytes that wait to be taken. */
  get length(): number {
    return this.#length;
  }
  /** Bytes that were ever put here. */
  get total(): number {
    return this.#taken + this.#length;
  }

  /** Hands over what is there. */
  take(): Buffer {
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#taken += this.#length;
    this.#bytes = Buffer.allocUnsafe(Math.max(FIRST, this.#bytes.length));
    this.#length = 0;
    return bytes;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = value;
  }

  bytes(source: Buffer, from: number, to: number): void {
    const count = to - from;
    if (this.#length + count > this.#bytes.length) this.#grow(count);
    if (count < SHORT) for (let i = from; i < to; i++) this.#bytes[this.#length++] = source[i] ?? 0;
    else this.#length += source.copy(this.#bytes, this.#length, from, to);
  }

  /** Between two quotes, every quote inside doubled. */
  quoted(quote: number, source: Buffer, from: number, to: number): void {
    this.byte(quote);
    let run = from;
    for (let i = from; i < to; i++) {
      if (source[i] !== quote) continue;
      this.bytes(source, run, i + 1);
      run = i;
    }
    this.bytes(source, run, to);
    this.byte(quote);
  }

  text(text: string): void {
    // Three bytes are the most that one UTF-16 unit takes.
    if (this.#length + text.length * 3 > this.#bytes.length) this.#grow(text.length * 3);
    this.#length += this.#bytes.write(text, this.#length);
  }

  #grow(more: number): void {
    const bytes = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
  }
}
