/** The way in for outside tools: the local port itself, with its password, in front of a relay. */
import { systemClock } from '../../main/clock.ts';
import { openLocalPort, type PortFacts } from '../../main/proxy/port/index.ts';
import { limits, type Rig, type World } from '../../main/proxy/testing.ts';

export interface Door {
  readonly facts: PortFacts;
  close(): void;
}

/** Opens the local port of this rig; `connections` is what its grant allows. */
export async function openDoor({ relay }: Rig, world: World, connections: number): Promise<Door> {
  const port = openLocalPort({
    relay,
    limits: { ...limits, connections },
    user: world.role,
    database: 'shop',
    clock: systemClock,
    onChange: () => {},
  });
  return { facts: await port.open(), close: () => port.end() };
}
