/** A file for the person, whole or not at all: for what is written in one go and is no export of rows. */
import { Destination, type Disk } from './destination.ts';
import { faultOf } from './words.ts';

/**
 * `work` writes, `announce` is done before the first byte. Rejects with a Fault in words, or with that of `work`; no file is
 * left then.
 */
export async function writeWhole(
  path: string,
  work: (file: Destination) => Promise<void> | void,
  {
    announce = async () => {},
    disk,
  }: { readonly announce?: () => Promise<void>; readonly disk?: Disk | undefined } = {},
): Promise<void> {
  let file: Destination | null = null;
  try {
    file = await Destination.open(path, announce, disk);
    await work(file);
    await file.finish();
    await file.publish();
  } catch (error) {
    await file?.discard().catch(() => undefined);
    throw faultOf(file?.failure ?? error);
  }
}
