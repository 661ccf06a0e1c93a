/**
 * Audited `select 1` through relay and log, beside raw `pg` and beside the floor: one raw round trip plus one 1 kB write
 * with `fdatasync` plus one Ed25519 signature. The four are interleaved in one run, over the same TLS and the same server.
 */
import pg from 'pg';
import { startStack } from '../dev/stack/index.ts';
import { openEngineer } from './engineer.ts';
import { openFloor } from './floor.ts';
import { quantile, type Report, round, spread, timed } from './support.ts';

const ROUNDS = 2000;
const WARM_UP = 200;

export async function statement(report: Report): Promise<void> {
  const stack = await startStack({ orders: 10_000, ...(process.env.VITRINE_STATE ? {} : { dir: 'out/bench-stack' }) });
  const engineer = await openEngineer(stack, 'amira');
  const floorParts = await openFloor();
  const raw = new pg.Client({ connectionString: stack.target.superuserUrl, ssl: { ca: stack.target.ca } });
  await raw.connect();
  const live = await engineer.breakGlass(10, () => undefined);
  const audited = new pg.Client({ stream: () => live.relay.connect('user'), user: 'vitrine', ssl: false });
  // The cut tells this client why it ends, as an error.
  audited.on('error', () => undefined);
  await audited.connect();
  const times = { raw: [] as number[], audited: [] as number[], sync: [] as number[], sign: [] as number[] };
  try {
    for (let n = -WARM_UP; n < ROUNDS; n++) {
      const sample = {
        raw: await timed(() => raw.query('select 1')),
        audited: await timed(() => audited.query('select 1')),
        sync: await floorParts.sync(),
        sign: await floorParts.sign(),
      };
      if (n < 0) continue;
      times.raw.push(sample.raw);
      times.audited.push(sample.audited);
      times.sync.push(sample.sync);
      times.sign.push(sample.sign);
    }
  } finally {
    await raw.end();
    await audited.end();
    await live.close('handed_back');
    await live.runner.dispose();
    await floorParts.close();
    await engineer.close();
    await stack.stop();
  }
  const p50 = (samples: readonly number[]): number => quantile(samples, 0.5);
  const floor = p50(times.raw) + p50(times.sync) + p50(times.sign);
  report({
    metric: 'audited select 1 over the floor, p50',
    unit: 'ratio',
    value: round(p50(times.audited) / floor),
    budget: 1.5,
    beside: {
      floor_ms: round(floor),
      raw_ms: round(p50(times.raw)),
      sync_ms: round(p50(times.sync)),
      sign_ms: round(p50(times.sign)),
      rounds: ROUNDS,
    },
  });
  report({ metric: 'audited select 1', unit: 'ms', value: round(p50(times.audited)), beside: spread(times.audited) });
  report({ metric: 'raw select 1', unit: 'ms', value: round(p50(times.raw)), beside: spread(times.raw) });
}
