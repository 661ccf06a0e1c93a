/** What the policy lets be sealed, and for whom. Nothing, unless it says so. (I6) */
import type { EnvelopeAsk, EnvelopeOffer } from '../../shared/api-envelope.ts';
import type { Limits } from '../../shared/grants.ts';
import { type Policy, rolesOf } from '../policy/index.ts';
import { maxMinutes } from '../policy/rules.ts';
import type { Store } from '../store/index.ts';

export interface Sealable {
  readonly target: { readonly id: string; readonly label: string };
  readonly scope: { readonly id: string; readonly label: string };
  readonly severity: string;
  readonly minutes: number;
  readonly days: number;
}

/** Everything that may be sealed for somebody in these groups. */
export function sealable(policy: Policy, groups: readonly string[]): Sealable[] {
  const found: Sealable[] = [];
  const person = { roles: rolesOf(groups, policy), groups };
  for (const severity of policy.severities.values()) {
    const { offline } = severity;
    if (offline === null) continue;
    for (const target of policy.targets.values())
      for (const id of offline.scopes) {
        const scope = policy.scopes.get(id)?.scope;
        const longest = maxMinutes(person, target.id, id, severity, policy.rules);
        if (scope === undefined || longest === null) continue;
        found.push({
          target: { id: target.id, label: target.label },
          scope: { id, label: scope.label },
          severity: severity.id,
          minutes: Math.min(offline.minutes, longest),
          days: offline.days,
        });
      }
  }
  return found;
}

export const chosen = (all: readonly Sealable[], asked: Pick<EnvelopeAsk, 'target' | 'scope' | 'severity'>) =>
  all.find(
    ({ target, scope, severity }) =>
      target.id === asked.target && scope.id === asked.scope && severity === asked.severity,
  );

/**
 * The limits of an envelope: one connection, no local port, which would need more of them; and no receipts, which nobody
 * is there to give, so records may wait for as long as the access can last.
 */
export const offlineLimits = (limits: Limits, minutes: number): Limits => ({
  ...limits,
  connections: 1,
  local_port: false,
  strict: false,
  max_unacked: 100_000,
  max_age_s: minutes * 60 + 3600,
});

export interface KnownDevice {
  readonly jkt: string;
  readonly name: string;
  readonly sub: string;
  readonly person: string;
  readonly groups: readonly string[];
  /** The X25519 key that it signed for; null before it told one. */
  readonly x: string | null;
}

const select = (store: Store) =>
  store
    .selectFrom('devices')
    .innerJoin('people', 'people.sub', 'devices.sub')
    .leftJoin('envelope_keys', 'envelope_keys.jkt', 'devices.jkt')
    .select(['devices.jkt', 'devices.name', 'devices.sub', 'people.name as person', 'people.groups', 'x'])
    .where('devices.revoked_at', 'is', null);

/** Null for a device that is not enrolled or was revoked. */
export async function deviceFor(store: Store, jkt: string): Promise<KnownDevice | null> {
  return (await select(store).where('devices.jkt', '=', jkt).executeTakeFirst()) ?? null;
}

const MOST_DEVICES = 500;
/** Devices in use, with what could be sealed for each; those with nothing are left out. */
export async function offersOf(store: Store, policy: Policy): Promise<EnvelopeOffer[]> {
  const devices = await select(store).orderBy('devices.seen_at', 'desc').limit(MOST_DEVICES).execute();
  return devices.flatMap(({ jkt, name, sub, person, groups, x }) => {
    const choices = sealable(policy, groups);
    if (choices.length === 0) return [];
    return [{ device: { jkt, name }, holder: { sub, name: person }, ready: x !== null, choices }];
  });
}

/** The newest ID token that this device traded: who its holder was proven to be. */
export async function newestToken(store: Store, jkt: string): Promise<string | null> {
  const row = await store
    .selectFrom('id_tokens')
    .select('idt')
    .where('jkt', '=', jkt)
    .orderBy('received_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.idt ?? null;
}
