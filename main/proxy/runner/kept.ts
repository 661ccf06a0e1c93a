/** What is asked of results that are there: their rows in windows, a value, a copy, where its keys lead, two compared. (I8) */
import { Fault } from '../../../shared/errors.ts';
import type { CallArgs, CallValue } from '../../../shared/ipc.ts';
import { readRow } from './cells.ts';
import { Comparisons } from './compare.ts';
import { type Copied, copyOf, partOf } from './copy.ts';
import type { Links } from './links.ts';
import type { Reading } from './reading/index.ts';
import type { LiveResult, ResultSource } from './result.ts';
import type { Shelf } from './shelf.ts';

/** Everything here throws a Fault for a result that is not there any more. */
export class KeptResults {
  readonly #shelf: Shelf;
  readonly #links: Links;
  readonly comparisons = new Comparisons((id) => this.get(id));

  constructor(shelf: Shelf, links: Links) {
    this.#shelf = shelf;
    this.#links = links;
  }

  /** It counts as looked at: others make room before it. */
  get(id: string): LiveResult {
    const result = this.#shelf.touch(id);
    if (result === undefined)
      throw new Fault('result_gone', 'This result is not kept any more.', 'Run the statement again.');
    return result;
  }

  async rows({ result: id, offset, count }: CallArgs<'getRows'>[0]): Promise<(string | null)[][]> {
    return this.get(id).window(offset, count);
  }

  /** A part of one value. */
  async value({ result: id, row, column, from, length }: CallArgs<'readValue'>[0]): Promise<CallValue<'readValue'>> {
    return partOf(await this.get(id).bodies(row, 1), column, from, length);
  }

  /** Foreign keys of a cell. Throws where the catalog cannot be asked, too. */
  async links({ result: id, row, column }: CallArgs<'getLinks'>[0]): Promise<CallValue<'getLinks'>> {
    const result = this.get(id);
    const [body] = await result.bodies(row, 1);
    return body === undefined ? [] : this.#links.of(result.fields, readRow(body), column);
  }

  /** Throws where too many are pinned, too. */
  pin(id: string, pinned: boolean): void {
    this.#shelf.pin(id, pinned);
  }

  /** A rectangle as text for the clipboard. Throws where it is too much, too. */
  async copy(wanted: CallArgs<'copyRows'>[0]): Promise<Copied> {
    const { reading, fields, state } = this.get(wanted.result);
    const { arrangement = null } = wanted;
    const source = { fields, text: state.text, rows: reading.count(arrangement) };
    return copyOf(wanted, source, (offset, count) => reading.bodies(arrangement, offset, count));
  }

  /** Its rows in another order, searched, added up. */
  reading(id: string): Reading {
    return this.get(id).reading;
  }

  source(id: string): ResultSource {
    return this.get(id).source();
  }
}
