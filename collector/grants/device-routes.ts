/** Routes of the devices: one's own or everybody's, and taking one out for good, with what it has open. */
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import {
  type Device,
  type DeviceRevoked,
  type Devices,
  deviceRevocation,
  deviceSearch,
} from '../../shared/api-stop.ts';
import { hash } from '../../shared/grants.ts';
import type { CollectorDeps } from '../deps.ts';
import { type EnrolledDevice, findDevice, listDevices, revokeDevice, signOutEverywhere } from '../identity/devices.ts';
import { type AuthenticatedPerson, requireRole } from '../identity/index.ts';
import { limited } from '../server/limits.ts';
import { problem } from '../server/problem.ts';
import { validate } from '../server/validate.ts';
import { actorOf } from './flows.ts';
import { LIVE, PENDING } from './reach.ts';
import type { Stop } from './stop.ts';
import { sizes } from './stop-routes.ts';

type DeviceRouteDeps = Pick<CollectorDeps, 'auth' | 'config' | 'store' | 'now' | 'log'>;

const MOST_DEVICES = 200;
const noDevice = () =>
  problem(404, 'not_found', 'There is no such device', { field: 'jkt', hint: 'Check the address.' });

export function registerDevices(app: FastifyInstance, deps: DeviceRouteDeps, stop: Stop): void {
  const { auth, config, store, log } = deps;

  const mayReadAll = ({ roles }: AuthenticatedPerson): boolean => roles.some((role) => role !== 'engineer');
  const mayRevokeAll = ({ roles }: AuthenticatedPerson): boolean =>
    roles.includes('approver') || roles.includes('reviewer');

  app.get('/v1/devices', limited(config, 240), async (request): Promise<Devices> => {
    const { person } = await auth.requirePerson(request);
    const { q = '' } = validate(deviceSearch, request.query);
    const sub = mayReadAll(person) ? null : person.sub;
    const found = await listDevices(store, { sub, q, most: MOST_DEVICES + 1 });
    const shown = found.slice(0, MOST_DEVICES);
    const open = await openOn(shown.map(({ jkt }) => jkt));
    return { devices: shown.map((device) => view(device, open, person)), more: found.length > MOST_DEVICES };
  });

  app.post('/v1/devices/:jkt/revoke', limited(config, 60), async (request): Promise<DeviceRevoked> => {
    const { person, session } = await auth.requirePerson(request);
    const { reason } = validate(deviceRevocation, request.body);
    // The pattern of the route: a parameter by that name is there.
    const named = hash.safeParse(Reflect.get(request.params as object, 'jkt'));
    if (!named.success) throw noDevice();
    const jkt = named.data;
    const device = await findDevice(store, jkt);
    const sub = device?.person.sub;
    if (sub !== person.sub) requireRole(person, 'approver', 'reviewer');
    if (device === null || sub === undefined) throw noDevice();
    const by = actorOf(person);
    const stopped = await stop({ what: 'device', id: jkt }, by, async (tx, counts) => {
      if (await revokeDevice(tx, jkt, { name: by.name, reason, at: deps.now() })) {
        await signOutEverywhere(tx, sub, sub === person.sub ? session : null);
        return [{ typ: 'device.revoked', gid: null, by, dev: jkt, sub, reason, ...counts }];
      }
      // It was revoked before; what was still there of it is stopped all the same.
      if (counts.ended + counts.closed === 0) return [];
      return [{ typ: 'stop', gid: null, by, what: 'device', id: jkt, reason, ...counts }];
    });
    log.warn({ device: jkt, of: sub, by: by.sub, ...sizes(stopped) }, 'a device was revoked');
    const now = (await findDevice(store, jkt)) ?? device;
    return { device: view(now, await openOn([jkt]), person), stopped };
  });

  /** Open grants and requests by device. */
  async function openOn(jkts: readonly string[]): Promise<ReadonlyMap<string, { live: number; pending: number }>> {
    if (jkts.length === 0) return new Map();
    const jkt = sql<string>`doc ->> 'jkt'`;
    const rows = await store
      .selectFrom('grants')
      .select((e) => [jkt.as('jkt'), 'phase', e.fn.countAll().as('count')])
      .where('phase', 'in', [...LIVE, ...PENDING])
      .where(jkt, 'in', [...jkts])
      .groupBy(['jkt', 'phase'])
      .execute();
    const open = new Map<string, { live: number; pending: number }>();
    for (const row of rows) {
      const sum = open.get(row.jkt) ?? { live: 0, pending: 0 };
      sum[LIVE.includes(row.phase) ? 'live' : 'pending'] += Number(row.count);
      open.set(row.jkt, sum);
    }
    return open;
  }

  function view(
    { enrolledAt, seenAt, revoked, ...device }: EnrolledDevice,
    open: ReadonlyMap<string, { live: number; pending: number }>,
    person: AuthenticatedPerson,
  ): Device {
    const own = device.person.sub === person.sub;
    // Why somebody's device was revoked may be a suspicion: it is for those who could have revoked it.
    const reason = mayRevokeAll(person) ? (revoked?.reason ?? null) : null;
    return {
      ...device,
      own,
      enrolled_at: enrolledAt.toISOString(),
      seen_at: seenAt.toISOString(),
      revoked: revoked === null ? null : { at: revoked.at.toISOString(), by: revoked.by, reason },
      ...(open.get(device.jkt) ?? { live: 0, pending: 0 }),
    };
  }
}
