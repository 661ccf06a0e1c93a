/** One attempt on one channel, whatever its kind. */
import type { Role } from '../../shared/grants.ts';
import { mailAddress } from '../policy/index.ts';
import type { Way } from './channels.ts';
import { post } from './http.ts';
import { mail, mailOf } from './mail.ts';
import type { Notice } from './notice.ts';
import { failed, type Outcome } from './outcome.ts';
import { slackBody } from './slack.ts';
import { webhookBody, webhookHeaders } from './webhook.ts';

export interface Attempt {
  readonly way: Way;
  /** `msg_…` */
  readonly id: string;
  readonly notice: Notice;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}
export interface Surroundings {
  now(): Date;
  /** E-mail addresses of those who hold a role, where known. */
  addressesOf(role: Role): Promise<readonly string[]>;
}

export async function deliver(attempt: Attempt, { now, addressesOf }: Surroundings): Promise<Outcome> {
  const { way, id, notice } = attempt;
  if (way.kind === 'slack') return post(way.url, slackBody(notice), {}, attempt);
  if (way.kind === 'webhook') {
    const body = webhookBody(notice);
    return post(way.url, body, webhookHeaders(id, body, way.secrets, now()), attempt);
  }
  const known = (await Promise.all(way.toRoles.map(addressesOf))).flat();
  // What an identity provider calls an address may be anything.
  const to = [...new Set([...way.to, ...known.filter((one) => mailAddress.safeParse(one).success)])];
  if (to.length === 0)
    return failed(`nobody with the role ${way.toRoles.join(' or ')} has signed in with an e-mail address yet`);
  return mail(way.server, mailOf(notice, { id, from: way.from, to }), attempt);
}
