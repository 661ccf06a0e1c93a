/**
 * The local port as the window shows it. Field by field: a shape that grows does not reach the window by itself (I7).
 * Names and words of other programs are cut to what the contract takes, or one of them could keep the state from being
 * shown. Pure.
 */
import type * as ipc from '../../shared/ipc-port.ts';
import { toolName } from '../../shared/tool-name.ts';
import type { PortClient, PortState } from '../proxy/index.ts';

const NAME = 64;
const PROGRAM = 255;
const WORDS = 2000;

export function portStateOf({ forbidden, open, limit, clients, turnedAway }: PortState): ipc.PortState {
  return {
    forbidden: forbidden && { message: forbidden.message, hint: forbidden.hint },
    open: open && { host: open.host, port: open.port, user: open.user, database: open.database },
    limit,
    clients: clients.map((client) => ({
      id: client.id,
      application: client.application.slice(0, NAME),
      program: client.program?.slice(0, PROGRAM) ?? null,
      pid: client.pid,
      backend_pid: client.backend_pid,
      since: client.since,
      statements: client.statements,
      running: client.running,
      tx: client.tx,
    })),
    turned_away: {
      count: turnedAway.count,
      recent: turnedAway.recent.map((one) => ({
        n: one.n,
        at: one.at,
        code: one.code.slice(0, NAME),
        message: one.message.slice(0, WORDS),
        application: one.application.slice(0, NAME),
        program: one.program?.slice(0, PROGRAM) ?? null,
        pid: one.pid,
      })),
    },
  };
}

export const endedToolsOf = (clients: readonly PortClient[]): ipc.EndedTool[] =>
  clients.map((client) => ({
    name: toolName(client).slice(0, PROGRAM),
    statements: client.statements,
    transaction: client.tx !== 'idle',
  }));
