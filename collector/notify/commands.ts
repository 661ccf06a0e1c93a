/** `notify test`: sends one message on one channel, as the service would, and says what became of it. Needs no database. */
import { randomBytes } from 'node:crypto';
import { Fault } from '../../shared/errors.ts';
import { notifyEnv } from '../config.ts';
import type { Answer } from '../policy/commands.ts';
import { loadPolicy, mailAddress } from '../policy/index.ts';
import { openChannel } from './channels.ts';
import { deliver } from './deliver.ts';

export interface TestOptions {
  readonly policy: string;
  readonly channel: string;
  /** Another address than those of the policy; only for mail. */
  readonly to: string | undefined;
}
const TIMEOUT_MS = 15_000;

/** Throws a Fault when there is no such channel; exit code 1 when it cannot be used or did not take the message. */
export async function notifyTest(
  { policy: path, channel: id, to }: TestOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Answer> {
  const policy = await loadPolicy(path);
  const channel = policy.notify.channels.get(id);
  if (channel === undefined) {
    const known = [...policy.notify.channels.keys()].join(', ') || 'none';
    throw new Fault('bad_usage', `${path} has no channel ${id}.`, `Its channels: ${known}.`);
  }
  if (to !== undefined && !(channel.kind === 'smtp' && mailAddress.safeParse(to).success))
    throw new Fault('bad_usage', '--to is an e-mail address, for a channel of the kind smtp.');
  const open = openChannel(channel, notifyEnv(env));
  if (open.way === null) return { code: 1, text: `${id}: cannot be used: ${open.problem}.` };
  let { way } = open;
  if (way.kind === 'smtp') {
    // Who holds a role is known to the service only.
    way = { ...way, to: to === undefined ? way.to : [to], toRoles: [] };
    if (way.to.length === 0)
      throw new Fault('bad_usage', `${id} names people by role only.`, 'Name an address for this test with --to.');
  }
  const publicUrl = env.VITRINE_PUBLIC_URL;
  const notice = {
    event: 'channel_test',
    at: new Date().toISOString(),
    url: publicUrl !== undefined && URL.canParse(publicUrl) ? new URL(publicUrl).origin : 'http://localhost',
    request: null,
    by: null,
    detail: null,
  } as const;
  const began = performance.now();
  const outcome = await deliver(
    {
      way,
      id: `msg_${randomBytes(16).toString('base64url')}`,
      notice,
      timeoutMs: TIMEOUT_MS,
      signal: new AbortController().signal,
    },
    { now: () => new Date(), addressesOf: async () => [] },
  );
  const took = `${Math.round(performance.now() - began)} ms`;
  if (!outcome.sent) return { code: 1, text: `${id}: not delivered: ${outcome.problem}. (${took})` };
  return { code: 0, text: `${id}: delivered in ${took}${outcome.note === null ? '' : `, but ${outcome.note}`}.` };
}
