/** A reviewer's signature under a grant: a ledger entry of its own, refused when it would be under something unread. (I4, I5) */
import type { z } from 'zod';
import type { signOff } from '../../shared/api.ts';
import type { CollectorDeps } from '../deps.ts';
import type { Flows } from '../grants/flows.ts';
import type { Actor, Grant } from '../grants/machine.ts';
import { problem } from '../server/problem.ts';
import { linesOf } from './records.ts';

type SignOffDeps = Pick<CollectorDeps, 'ledger'> & { readonly flows: Flows };

/** Signs off and answers with the grant. Throws 409 when entries came after `seen`, or the grant has not ended. */
export async function signOffGrant(
  { ledger, flows }: SignOffDeps,
  gid: string,
  by: Actor,
  signed: z.infer<typeof signOff>,
): Promise<Grant> {
  const intents = new Set(
    linesOf(await ledger.entriesOfGrant(gid)).flatMap(({ record }) => (record.typ === 'intent' ? [record.i] : [])),
  );
  const foreign = Object.keys(signed.verdicts).find((intent) => !intents.has(intent));
  if (foreign !== undefined)
    throw problem(400, 'invalid_input', 'A verdict is about a statement of another grant', {
      field: `verdicts.${foreign}`,
    });
  const event = { type: 'reviewed', at: flows.now(), by, ...signed } as const;
  const { grant } = await flows.move(gid, event, async (tx, placed) => {
    const own = placed[0]?.index ?? 0;
    if (signed.seen > own)
      throw problem(400, 'invalid_input', 'The ledger is not that large', {
        field: 'seen',
        hint: 'Load the page again.',
      });
    // Opening a sealed text is the reviewer's own reading, and nothing to be read again.
    const later = await tx
      .selectFrom('ledger_entries')
      .select((e) => e.fn.countAll<number>().as('count'))
      .where('gid', '=', gid)
      .where('index', '>=', signed.seen)
      .where('index', '<', own)
      .where('typ', '!=', 'disclosure')
      .executeTakeFirstOrThrow();
    const count = Number(later.count);
    if (count > 0)
      throw problem(409, 'not_seen', `${count} ${count === 1 ? 'entry' : 'entries'} came after what you have read`, {
        detail: 'Nothing was signed.',
        hint: 'Load the timeline again, read what is new, then sign.',
      });
  });
  return grant;
}
