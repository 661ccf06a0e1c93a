/** Whom a policy tells what: channels by name, the events that go to them, and what a severity adds. Pure. */
import { z } from 'zod';
import { role } from '../../shared/grants.ts';
import { type NotifyEvent, notifyEvent } from '../../shared/notify.ts';
import type { Finding } from './meaning.ts';
import type { Channel, Policy, PolicyNotify } from './model.ts';
import type { PolicyFile } from './schema.ts';

const channelId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes');
export const channelIds = z.array(channelId).max(20);
/** Strict on purpose: nothing that a mail header could read as more than one address. */
export const mailAddress = z.email().max(254);
const label = z.string().trim().min(1).max(80).optional().describe('Name on the pages; left out: the id.');

const channel = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('webhook'), label })
    .describe('Signed JSON. VITRINE_NOTIFY_<ID>_URL and VITRINE_NOTIFY_<ID>_SECRET (whsec_…) in the environment.'),
  z
    .strictObject({ kind: z.literal('slack'), label })
    .describe('An incoming webhook as Slack has them. VITRINE_NOTIFY_<ID>_URL in the environment.'),
  z
    .strictObject({
      kind: z.literal('smtp'),
      label,
      from: mailAddress,
      to: z.array(mailAddress).max(50).default([]),
      to_roles: z
        .array(role)
        .default([])
        .describe('Everybody with one of these roles who has signed in with an e-mail address.'),
    })
    .describe(
      'Plain mail. VITRINE_NOTIFY_<ID>_URL in the environment: smtps://user:password@host or smtp:// with STARTTLS.',
    ),
]);

export const notifySection = z
  .strictObject({
    channels: z.record(channelId, channel).default({}),
    events: z
      .partialRecord(notifyEvent, channelIds)
      .default({})
      .describe('Which channels hear of what. An event that is left out is told to the channels of its severity only.'),
  })
  .default({ channels: {}, events: {} })
  .describe('Whom the collector tells what. Addresses and secrets come from the environment, never from here.');

export function notifyOf(file: PolicyFile, refuse: (finding: Finding) => Error): PolicyNotify {
  const channels = new Map<string, Channel>();
  for (const [id, named] of Object.entries(file.notify.channels)) {
    const base = { id, label: named.label ?? id };
    if (named.kind !== 'smtp') {
      channels.set(id, { ...base, kind: named.kind });
      continue;
    }
    const where = ['notify', 'channels', id];
    if (named.to.length === 0 && named.to_roles.length === 0)
      throw refuse({ where, reason: 'names nobody: give to or to_roles' });
    named.to_roles.forEach((one, i) => {
      if (file.roles[one] === undefined)
        throw refuse({ where: [...where, 'to_roles', i], reason: `no group holds the role ${one}` });
    });
    channels.set(id, { ...base, kind: 'smtp', from: named.from, to: named.to, toRoles: named.to_roles });
  }
  const known = (ids: readonly string[], where: readonly PropertyKey[]): readonly string[] => {
    ids.forEach((id, i) => {
      if (!channels.has(id)) throw refuse({ where: [...where, i], reason: `${id} is not one of the file's channels` });
    });
    return ids;
  };
  const events: Partial<Record<NotifyEvent, readonly string[]>> = {};
  for (const event of notifyEvent.options) {
    const named = file.notify.events[event];
    if (named !== undefined) events[event] = known(named, ['notify', 'events', event]);
  }
  for (const [id, severity] of Object.entries(file.severities)) known(severity.notify, ['severities', id, 'notify']);
  return { channels, events };
}

/** Whose channels hear of what the policy says nothing about: of a request and its changes, of each way in without an approval. */
const LIKE: Partial<Record<NotifyEvent, NotifyEvent>> = {
  change_waiting: 'request_waiting',
  elevated: 'glass_broken',
  envelope_opened: 'glass_broken',
};

/** Ids of the channels that hear of an event: those that it names, and those of the severity that it is about. */
export function channelsFor(
  { notify, severities }: Pick<Policy, 'notify' | 'severities'>,
  event: NotifyEvent | null,
  severity: string | null,
): string[] {
  const named = event === null ? [] : (notify.events[event] ?? notify.events[LIKE[event] ?? event] ?? []);
  const further = severity === null ? [] : (severities.get(severity)?.notify ?? []);
  return [...new Set([...named, ...further])];
}
