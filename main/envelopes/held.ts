/**
 * The envelopes of this device on its disk. `<id>.sealed` is what the collector delivered, encrypted once more under a key
 * derived from the device's, so nobody reads or changes it without that; `<id>.tries` the challenges that were shown;
 * `<id>.opened` the signed record of the opening, whose existence is what makes an envelope used. (I5, I8)
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { appendFile, link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { deliveredEnvelope } from '../../shared/api-envelope.ts';
import { publicJwk } from '../../shared/audit/records.ts';
import { SLOTS } from '../../shared/envelope.ts';
import { Fault } from '../../shared/errors.ts';
import { grantClaims, id128 } from '../../shared/grants.ts';
import { isMissing, replaceFile, whyNot, writeFlushed } from '../disk.ts';

/** As it came, with what is needed to judge it without the collector. */
export const held = z.strictObject({
  v: z.literal(1),
  delivered: deliveredEnvelope,
  claims: grantClaims,
  /** The collector's grant key and API when it was fetched. */
  grantKey: publicJwk,
  api: z.url(),
  /** The collector's clock when it was fetched, ms: this machine's was never earlier than that. */
  fetchedAt: z.int(),
});
export type Held = z.infer<typeof held>;

/** What is left of an envelope once it was opened: plain text, as the log is. */
export const used = z.strictObject({
  v: z.literal(1),
  /** The envelope line of the record. */
  record: z.string(),
  at: z.int(),
  claims: grantClaims,
  api: z.url(),
});
export type Used = z.infer<typeof used>;
/** The collector has it. */
const HEARD = '.heard';

export class EnvelopeFiles {
  readonly #dir: string;
  readonly #key: Uint8Array;
  constructor(dir: string, key: Uint8Array) {
    this.#dir = dir;
    this.#key = key;
  }

  /** Ids of the files that end so. */
  async ids(end: '.sealed' | '.opened' | '.heard'): Promise<string[]> {
    const names = await readdir(this.#dir).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return names
      .filter((name) => name.endsWith(end))
      .map((name) => name.slice(0, -end.length))
      .filter((id) => id128.safeParse(id).success)
      .sort();
  }

  /** Null where there is none, and where it cannot be read with this device's key. */
  async held(id: string): Promise<Held | null> {
    const bytes = await this.#read(`${id}.sealed`);
    if (bytes === null) return null;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, 12), { authTagLength: 16 });
      decipher.setAAD(Buffer.from(id));
      decipher.setAuthTag(bytes.subarray(-16));
      const text = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString();
      return held.parse(JSON.parse(text));
    } catch {
      // Another device's key, or a damaged disk: it opens nothing, and the collector delivers it again while it is good.
      return null;
    }
  }

  async keep(what: Held): Promise<void> {
    const { id } = what.delivered;
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    cipher.setAAD(Buffer.from(id));
    const sealed = Buffer.concat([nonce, cipher.update(JSON.stringify(what)), cipher.final(), cipher.getAuthTag()]);
    await replaceFile(this.#path(`${id}.sealed`), sealed.toString('base64'));
  }

  async forget(id: string): Promise<void> {
    for (const end of ['.sealed', '.tries']) await rm(this.#path(id + end), { force: true });
  }

  async tries(id: string): Promise<number[]> {
    const bytes = await readFile(this.#path(`${id}.tries`), 'utf8').catch(() => '[]');
    const parsed = z
      .array(
        z
          .int()
          .min(0)
          .max(SLOTS - 1),
      )
      .safeParse(jsonOf(bytes));
    return parsed.success ? parsed.data : [];
  }
  keepTries = (id: string, tries: readonly number[]): Promise<void> =>
    replaceFile(this.#path(`${id}.tries`), JSON.stringify(tries));

  async used(id: string): Promise<Used | null> {
    const text = await readFile(this.#path(`${id}.opened`), 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (text === null) return null;
    const parsed = used.safeParse(jsonOf(text));
    if (parsed.success) return parsed.data;
    throw new Fault('envelope_damaged', 'The record of an opening on this device is damaged.', 'Tell security.');
  }

  /** Every opening that can be read, with its id: one that a bad disk took must not keep the others from being told. */
  async *allUsed(): AsyncGenerator<readonly [string, Used]> {
    for (const id of await this.ids('.opened')) {
      const one = await this.used(id).catch((error: unknown) => {
        if (error instanceof Fault) return null;
        throw error;
      });
      if (one !== null) yield [id, one];
    }
  }

  /**
   * The step that cannot be undone: on the disk, with its folder, when it resolves. Throws a Fault `envelope_used` where
   * it was done before, and `envelope_not_recorded` where the disk does not take it; then nothing was opened.
   */
  async markUsed(id: string, what: Used): Promise<void> {
    const path = this.#path(`${id}.opened`);
    // Written whole under another name first: a record that a crash left half written would block everything after it.
    const partial = `${path}.${randomBytes(6).toString('hex')}`;
    try {
      await mkdir(this.#dir, { recursive: true, mode: 0o700 });
      await writeFlushed(partial, JSON.stringify(what));
      // Unlike a rename, a link takes nobody's place.
      await link(partial, path);
      const folder = await open(dirname(path), 'r');
      // Windows cannot sync a folder, and does not need to.
      await folder.sync().catch(() => {});
      await folder.close();
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
        throw new Fault('envelope_used', 'This envelope was opened before.', 'It opens once. Ask for another one.');
      throw new Fault(
        'envelope_not_recorded',
        `The opening could not be recorded: ${whyNot(error)}. Nothing was opened.`,
        'Make room on the disk, then try again.',
        { cause: error },
      );
    } finally {
      await rm(partial, { force: true }).catch(() => {});
    }
  }

  async heard(id: string): Promise<boolean> {
    return (await this.ids(HEARD)).includes(id);
  }
  /** Any number of times, also side by side. */
  markHeard = (id: string): Promise<void> => appendFile(this.#path(`${id}${HEARD}`), '');

  async #read(name: string): Promise<Buffer | null> {
    try {
      return Buffer.from(await readFile(this.#path(name), 'utf8'), 'base64');
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
  #path = (name: string): string => join(this.#dir, name);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON fits no schema.
    return null;
  }
}
