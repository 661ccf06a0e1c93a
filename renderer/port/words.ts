/** What the window says about the local port: tools, those that were turned away, and what an end would do. Pure. */
import type { EndedTool, PortClient, PortState, TurnedAway } from '../../shared/ipc-port.ts';
import { toolName } from '../../shared/tool-name.ts';
import { visibleLine } from '../../shared/visible.ts';
import { count, plural } from '../words/format.ts';

export const SHORTCUT_KEY = 'D';

/** The address as a tool gets it, with the password left out; in two parts, because it may be broken between them. */
export function maskedUri({ host, port, user, database }: NonNullable<PortState['open']>): readonly [string, string] {
  return [
    `postgresql://${encodeURIComponent(user)}:••••••••`,
    `@${host}:${port}/${encodeURIComponent(database)}?sslmode=disable`,
  ];
}

/** Some say which of their windows it is: `DBeaver 25.3 - SQLEditor <orders>`. */
export const briefName = (tool: Pick<PortClient, 'application' | 'program'>): string =>
  visibleLine(toolName(tool).split(' - ', 1)[0] ?? '');

/** `psql`, `psql ×2`: each name once, in the order in which they came. */
export function namesOf(tools: readonly Pick<PortClient, 'application' | 'program'>[]): string[] {
  const times = new Map<string, number>();
  for (const name of tools.map(briefName)) times.set(name, (times.get(name) ?? 0) + 1);
  return [...times].map(([name, n]) => (n === 1 ? name : `${name} ×${n}`));
}

/** `psql`, `psql and DBeaver`, `psql, DBeaver and pgcli`, `psql, DBeaver and 3 others`. */
export function listed(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? '';
  const shown = names.length <= 3 ? names.slice(0, -1) : names.slice(0, 2);
  const rest = names.length - shown.length;
  return `${shown.join(', ')} and ${rest === 1 ? names.at(-1) : `${rest} others`}`;
}

/** What stands out about the tools together: the worst of it. */
export function liveliness(clients: readonly PortClient[]): 'failed' | 'transaction' | 'running' | 'idle' {
  for (const tx of ['failed', 'transaction'] as const) if (clients.some((client) => client.tx === tx)) return tx;
  return clients.some(({ running }) => running) ? 'running' : 'idle';
}

/** `psql, pid 48311`: the process behind a name, where the system tells. */
export function processOf({ program, pid }: Pick<PortClient, 'program' | 'pid'>): string | null {
  const parts = [program, pid === null ? null : `pid ${pid}`].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
}

/** What disconnecting a tool would undo; null when it would undo nothing. */
export function lostWith({ running, tx }: Pick<PortClient, 'running' | 'tx'>): string | null {
  const parts = [
    running ? 'A statement is running; the server is asked to cancel it.' : '',
    tx === 'idle' ? '' : 'A transaction is open; what it has done is rolled back.',
  ].filter((part) => part !== '');
  return parts.length === 0 ? null : parts.join(' ');
}

/** Before the port is closed, or the glass: who goes with it. Null when nobody is connected. */
export function lostWithAll(clients: readonly PortClient[]): string | null {
  if (clients.length === 0) return null;
  const open = clients.filter(({ tx }) => tx !== 'idle').length;
  const rolls = open === 0 ? '' : open === 1 ? ' An open transaction rolls back.' : ' Open transactions roll back.';
  return `${plural(clients.length, 'tool')} will be disconnected: ${listed(namesOf(clients))}.${rolls}`;
}

/** `psql was disconnected`, for the page after the end. */
export function endedWords(tools: readonly EndedTool[]): { readonly title: string; readonly detail: string } {
  const names = namesOf(tools.map(({ name }) => ({ application: name, program: null })));
  const statements = tools.reduce((sum, tool) => sum + tool.statements, 0);
  const open = tools.filter(({ transaction }) => transaction).length;
  const rolled =
    open === 0 ? '' : open === 1 ? ' An open transaction was rolled back.' : ' Open transactions were rolled back.';
  return {
    title: `${listed(names)} ${tools.length === 1 ? 'was' : 'were'} disconnected`,
    detail: `${plural(statements, 'statement')} came through ${tools.length === 1 ? 'it' : 'them'} until then.${rolled}`,
  };
}

const behind = (one: TurnedAway): string => {
  const { pid, program } = one;
  const parts = [pid === null ? null : `pid ${pid}`, program].filter((part) => part !== null);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
};

/** A sentence for somebody who is looking at something else. */
export function turnedAwaySentence(one: TurnedAway): string {
  switch (one.code) {
    case '28P01':
      return `A program tried the local port with a wrong password${behind(one)}.`;
    case '57014':
      return `A program connected to the local port and did not prove that it may${behind(one)}.`;
    case '08P01':
      return `A program that does not speak PostgreSQL tried the local port${behind(one)}.`;
    default:
      return `${briefName(one)} was turned away at the local port${behind(one)}: ${one.message}.`;
  }
}

export function turnedAwayAdvice({ code }: TurnedAway, total: number): string {
  const times = total === 1 ? '' : `${count(total)} were turned away since the port was opened. `;
  return code === '28P01'
    ? `${times}Nothing was let in. If that was not you, close the port: the next opening has a new password.`
    : `${times}Nothing was let in.`;
}

/** A line for the list. */
export function turnedAwayShort(one: TurnedAway): string {
  const known: Readonly<Record<string, string>> = {
    '28P01': 'Wrong password',
    '57014': 'Did not prove that it may',
    '08P01': 'Not PostgreSQL',
  };
  return known[one.code] ?? one.message.replace(/^./, (first) => first.toUpperCase());
}
