/** The local port and who is connected. */
import { portClient, portClosed, portForbidden, portOpen, turnedAway } from './data.ts';
import { done, type LiveState, live, type Scene } from './scene.ts';

const tools = [
  portClient(0),
  portClient(1, { application: 'DBeaver 25.3 - SQLEditor <stuck orders>', program: 'java', tx: 'transaction' }),
  portClient(2, { application: 'pgcli', program: 'python3.13', running: true, statements: 1204 }),
];
const withPort = (port: LiveState['port']): LiveState => live(1421, { port });
const PANEL = '.port-panel';

export const portScenes: Readonly<Record<string, Scene>> = {
  'port-closed': { state: withPort(portClosed), press: ['Open local port'], shows: PANEL },
  'port-walk': { state: withPort(portClosed) },
  'port-forbidden': { state: withPort(portForbidden), press: ['No local port'], shows: PANEL },
  'port-empty': { state: withPort(portOpen()), press: ['Local port'], shows: PANEL },
  'port-tools': {
    state: withPort(portOpen({ clients: tools })),
    results: done,
    run: true,
    press: ['Local port'],
    shows: PANEL,
  },
  'port-failed': {
    state: withPort(
      portOpen({
        clients: [
          portClient(0, { tx: 'failed', running: true }),
          portClient(3, { application: '', program: null, pid: null, backend_pid: null, statements: 0 }),
        ],
        turned_away: {
          count: 14,
          recent: [
            turnedAway(1),
            turnedAway(2, { code: '08P01', program: 'chromium', pid: 811, message: 'not a PostgreSQL client' }),
            turnedAway(3, {
              code: '53300',
              application: 'DBeaver 25.3',
              program: 'java',
              message: 'too many connections: this port allows 3 at once',
            }),
            turnedAway(4),
          ],
        },
      }),
    ),
    press: ['Local port'],
    shows: PANEL,
  },
  'port-disconnect': {
    state: withPort(portOpen({ clients: tools })),
    press: ['Local port', 'Disconnect DBeaver'],
    shows: 'dialog',
  },
  'port-close': {
    state: withPort(portOpen({ clients: tools })),
    press: ['Local port', 'Close port…'],
    shows: 'dialog',
  },
  'port-copied': {
    state: withPort(portOpen({ clients: tools })),
    press: ['Local port', 'Copy connection string'],
    shows: '.toast',
  },
  'port-turned-away': {
    state: withPort(portOpen({ clients: [portClient(0)] })),
    next: withPort(portOpen({ clients: tools, turned_away: { count: 3, recent: [turnedAway(3)] } })),
    results: done,
    run: true,
    shows: '.toast',
  },
  'port-hand-back': {
    state: withPort(portOpen({ clients: tools })),
    press: ['Hand back'],
    shows: 'dialog',
  },
};
