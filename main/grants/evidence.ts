/** The engineer's own copy of a grant's evidence: fetched from the collector into a file, all of it or nothing. (I4) */
import { basename, dirname } from 'node:path';
import { Fault } from '../../shared/errors.ts';
import type { CallValue, Summary } from '../../shared/ipc.ts';
import type { Collector } from '../collector/index.ts';
import { type ExporterOptions, folderWords, writeWhole } from '../proxy/index.ts';

/** A bundle that ends without this line was cut on its way. */
const LAST_LINE = '"line":"end"';

/** Null where no file was chosen. Throws a Fault where records are still on their way, the collector or the disk fails. */
export async function saveEvidence(
  { grant, ticket, ledger }: Pick<Summary, 'grant' | 'ticket' | 'ledger'>,
  collector: Pick<Collector, 'bundle'>,
  ask: ExporterOptions['ask'],
): Promise<CallValue<'saveEvidence'>> {
  if (ledger.in_ledger < ledger.recorded)
    throw new Fault(
      'evidence_incomplete',
      `${ledger.recorded - ledger.in_ledger} records are not in the ledger yet; a bundle made now would not show them.`,
      'Wait until every record is there, then save it.',
    );
  const path = await ask({ name: `evidence-${ticket}-${grant.slice(0, 8)}.ndjson`, extension: 'ndjson' });
  if (path === null) return null;
  let bytes = 0;
  let tail = '';
  await writeWhole(path, async (file) => {
    await collector.bundle(grant, async (part) => {
      bytes += part.length;
      tail = (tail + Buffer.from(part).toString('latin1')).slice(-2048);
      file.write(Buffer.from(part));
      await file.drained();
    });
    if (!tail.slice(tail.lastIndexOf('\n', tail.length - 2) + 1).includes(LAST_LINE))
      throw new Fault('evidence_cut', 'The collector stopped in the middle of the bundle.', 'Try again in a moment.');
  });
  return { file: basename(path), folder: folderWords(dirname(path)), bytes };
}
