/**
 * Looks at the targets for logins of roles that lie sealed. An app that cannot reach the collector tells of its opening later,
 * a patched one never; the database shows both. The login is put on record at once, and the minutes of the envelope count from
 * it: when they are over the role goes, whoever has told what. (I3, I5)
 */
import { type Again, again } from '../again.ts';
import type { CollectorDeps } from '../deps.ts';
import type { Targets } from '../targets/index.ts';
import type { EnvelopeFlows } from './flows.ts';
import type { Envelope } from './machine.ts';
import { sealedNow } from './store.ts';

const LOOK_MS = 5000;
/** So many rounds an app has to tell of its opening before that is an alert. */
const ROUNDS_TO_TELL = 3;

type WatchDeps = Pick<CollectorDeps, 'store' | 'log'> & {
  readonly targets: Pick<Targets, 'sessions'>;
  readonly flows: EnvelopeFlows;
  readonly clean: (envelope: Envelope) => Promise<void>;
};

export function startWatching({ store, log, targets, flows, clean }: WatchDeps, everyMs = LOOK_MS): Again {
  /** When each login was first seen here, also one that is gone by now; the report of an honest app is on its way then. */
  const noticed = new Map<string, number>();

  const look = async (target: string, envelopes: readonly Envelope[]): Promise<void> => {
    const names = envelopes.flatMap(({ role }) => (role === null ? [] : [role]));
    const sessions = await targets.sessions(target, names);
    for (const { id, role } of envelopes) {
      const ms = role === null ? undefined : sessions.get(role);
      if (ms !== undefined && !noticed.has(id)) noticed.set(id, flows.now() - ms);
      const at = noticed.get(id);
      if (at !== undefined && flows.now() - at >= ROUNDS_TO_TELL * everyMs) {
        const { moved } = await flows.move(id, { type: 'seen', at });
        if (moved) log.warn({ envelope: id, target, role }, 'the role of a sealed envelope has logged in');
      }
      const { envelope, moved } = await flows.move(id, { type: 'overrun', at: flows.now() });
      if (moved) await clean(envelope);
    }
  };
  const round = async (): Promise<void> => {
    const sealed = await sealedNow(store);
    for (const id of noticed.keys()) if (!sealed.some((one) => one.id === id)) noticed.delete(id);
    const byTarget = Map.groupBy(sealed, ({ target }) => target.id);
    const results = await Promise.allSettled([...byTarget].map(([target, envelopes]) => look(target, envelopes)));
    // A target that is away is looked at again; its role has its own end.
    for (const result of results)
      if (result.status === 'rejected')
        log.warn({ err: result.reason }, 'logins of sealed roles could not be looked for');
  };
  return again(round, everyMs, (error) => log.error({ err: error }, 'the look for logins of sealed roles failed'));
}
