import { expect, it } from 'vitest';
import { Fault } from '../../shared/errors.ts';
import { endedTool, portState } from '../../shared/ipc-port.ts';
import type { PortState } from '../proxy/index.ts';
import { endedToolsOf, portStateOf } from './port-view.ts';

const long = 'x'.repeat(100_000);
const state: PortState = {
  forbidden: new Fault('port_not_allowed', 'Not in this grant.', 'Ask the owner of the policy.'),
  open: { host: '127.0.0.1', port: 49_822, user: 'vitrine_ab12cd34', database: 'shop' },
  limit: 98,
  clients: Array.from({ length: 98 }, (_, i) => ({
    id: `${'A'.repeat(20)}${String(i).padStart(2, '0')}`,
    application: i === 0 ? '' : long,
    pid: 1,
    program: long,
    backend_pid: 2,
    since: '2026-11-23T14:02:00.000Z',
    statements: 3,
    running: true,
    tx: 'failed',
  })),
  refusals: [],
  turnedAway: {
    count: 1e6,
    recent: [
      { n: 1e6, at: '2026-11-23T14:02:00.000Z', code: long, message: long, application: long, pid: 1, program: long },
    ],
  },
};

it('fits the contract whatever other programs call themselves (I6)', () => {
  expect(portState.parse(portStateOf(state)).clients).toHaveLength(98);
  expect(endedTool.array().parse(endedToolsOf(state.clients))[0]).toMatchObject({ statements: 3, transaction: true });
});

it('has no field that the contract does not name, should the port grow one (I7)', () => {
  const grown = { ...state, open: { ...state.open, password: 'hunter2' }, password: 'hunter2' } as PortState;
  expect(JSON.stringify(portStateOf(grown))).not.toContain('hunter2');
});
