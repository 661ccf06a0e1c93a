/** A bridge that answers from a scene: every call of the contract, with a little latency, and nothing behind it. */
import type { AppState, ExportState, ResultState, Workspace } from '../../shared/ipc.ts';
import type { PortState } from '../../shared/ipc-port.ts';
import type { Bridge } from '../bridge.ts';
import { cell, exported, id, portClient, portClosed, portOpen, result, schema, script } from './data.ts';
import type { Scene } from './scenes.ts';

const LATENCY_MS = 2;

export function scripted(scene: Scene, theme: 'dark' | 'light'): Bridge {
  const states = new Set<(state: AppState) => void>();
  const results = new Set<(state: ResultState) => void>();
  const exports = new Set<(state: ExportState) => void>();
  const commands = new Set<(value: { command: string }) => void>();
  let state = scene.state;
  let runs = 0;
  const columns = new Map<string, number>();

  const ok = async <T>(value: T) => {
    await new Promise((resolve) => setTimeout(resolve, LATENCY_MS));
    return { ok: true, value } as const;
  };
  const tell = (value: ResultState) => {
    for (const listener of results) listener(value);
  };
  const write = (value: ExportState) => {
    for (const listener of exports) listener(value);
  };
  const go = (next: AppState) => {
    state = next;
    for (const listener of states) listener(next);
    return ok(null);
  };
  const port = (change: (now: PortState) => PortState) =>
    state.phase === 'live' ? go({ ...state, port: change(state.port) }) : ok(null);
  const on =
    <T>(set: Set<(value: T) => void>) =>
    (listener: (value: T) => void) => {
      set.add(listener);
      return () => void set.delete(listener);
    };
  const workspace: Workspace = {
    tabs: [
      { id: 'a', title: 'stuck orders.sql', text: scene.text ?? script },
      { id: 'b', title: 'scratch', text: '' },
    ],
    active: 'a',
  };

  const bridge: Bridge = {
    getState: () => ok(state),
    getInfo: () => ok({ version: '0.1.0', build: 'gallery', platform: 'linux', packaged: false }),
    chooseKey: () => ok(null),
    unlockKey: () => ok(null),
    forgetKey: () => ok(null),
    signIn: () => ok(null),
    cancelSignIn: () => ok(null),
    signOut: () => ok(null),
    submitRequest: () => ok(null),
    withdrawRequest: () => ok(null),
    handBack: () =>
      state.phase === 'live'
        ? go({
            phase: 'closing',
            person: state.person,
            grant: state.grant,
            why: 'handed_back',
            step: 'Closing the connection…',
          })
        : ok(null),
    dismissSummary: () => ok(null),
    // Good enough for the scenes; the real one is libpg-query's.
    async splitSql(text) {
      const ranges = [];
      for (const match of text.matchAll(/[^;]+;?/g)) {
        const lead = /^(?:\s|--[^\n]*\n)*/.exec(match[0])?.[0].length ?? 0;
        if (match[0].slice(lead).trim() === '') continue;
        ranges.push({ start: match.index + lead, end: match.index + match[0].trimEnd().replace(/;$/, '').length });
      }
      return ok(ranges);
    },
    async runSql({ tab, text }) {
      if (scene.refuse !== undefined) return { ok: false, error: scene.refuse };
      if (scene.confirm !== undefined) return ok({ kind: 'confirm', ...scene.confirm });
      runs++;
      const pushed = (scene.results ?? [[0, {}]]).map(
        ([after, part], i) => [after, result({ tab, text, id: id(runs * 1000 + i), ...part })] as const,
      );
      for (const [after, value] of pushed) {
        columns.set(value.id, value.columns.length);
        setTimeout(() => tell(value), after);
      }
      return ok({ kind: 'started', results: [...new Set(pushed.map(([, value]) => value.id))] });
    },
    cancelSql: () => ok(null),
    getRows: ({ result: of, offset, count }) =>
      ok(Array.from({ length: count }, (_, i) => cell(offset + i, columns.get(of) ?? 6))),
    getCell: ({ result: of, row, column }) => {
      const text = cell(row, columns.get(of) ?? 6)[column] ?? null;
      if (text === null) return ok(null);
      const whole = scene.long === undefined;
      return ok({ text: scene.long ?? text, bytes: whole ? text.length : 10_000_000, whole });
    },
    copyRows: ({ top, bottom, left, right }) =>
      ok({ rows: bottom - top + 1, cells: (bottom - top + 1) * (right - left + 1) }),
    closeResult: () => ok(null),
    setTransactionMode: (mode) =>
      state.phase === 'live' ? go({ ...state, connection: { ...state.connection, mode } }) : ok(null),
    endTransaction: () =>
      state.phase === 'live' ? go({ ...state, connection: { ...state.connection, tx: 'idle', open: null } }) : ok(null),
    reconnect: () => ok(null),
    dismissMessage: (message) =>
      state.phase === 'live'
        ? go({ ...state, messages: state.messages.filter(({ id: one }) => one !== message) })
        : ok(null),
    offerExport: () => ok(scene.offer ?? { rows: 37, complete: true, again: true, table: '' }),
    async startExport({ format }) {
      if (scene.refuseExport !== undefined) return { ok: false, error: scene.refuseExport };
      for (const [after, part] of scene.exports ?? []) setTimeout(() => write(exported({ format, ...part })), after);
      return ok(id(50));
    },
    cancelExport: () => {
      write(exported({ status: 'cancelled' }));
      return ok(null);
    },
    showExport: () => ok(null),
    getSchema: () => ok(schema),
    openPort: () => port(() => portOpen()),
    closePort: () => port(() => portClosed),
    copyPort: (what) => ok({ clears_in_s: what === 'psql' ? null : 60 }),
    openPsql: () => port((now) => ({ ...now, clients: [...now.clients, portClient(now.clients.length)] })),
    disconnectClient: (client) => port((now) => ({ ...now, clients: now.clients.filter((one) => one.id !== client) })),
    loadWorkspace: () => ok(workspace),
    saveWorkspace: () => ok(null),
    getSettings: () =>
      ok({
        theme,
        side_width: 264,
        editor_height: 0.36,
        editor_font_size: 13,
        result_rows: 200_000,
        statement_timeout_s: null,
      }),
    saveSettings: () => ok(null),
    copyText: () => ok(null),
    quit: () => ok(null),
    onState: on(states),
    onResult: on(results),
    onExport: on(exports),
    onCommand: on(commands),
  };

  // What the scene shows besides: an export that is written, the dialog that begins one.
  for (const [after, part] of scene.writing ?? []) setTimeout(() => write(exported(part)), after);
  const openExport = () => {
    if (document.querySelector('.grid-row') === null) return void setTimeout(openExport, 200);
    for (const listener of commands) listener({ command: 'export' });
  };
  if (scene.dialog === true) openExport();
  const run = () => {
    const editor = document.querySelector('.editor[data-worker=answers]');
    if (editor !== null && document.querySelector('.result-empty') === null) return;
    if (editor !== null) for (const listener of commands) listener({ command: 'run' });
    setTimeout(run, 400);
  };
  if (scene.run === true) run();
  const press = ([label, ...rest]: readonly string[]) => {
    if (label === undefined) return;
    const named = (button: Element) =>
      `${button.getAttribute('aria-label') ?? ''} ${button.textContent}`.includes(label);
    const ready = document.querySelector('.editor[data-worker=answers]') !== null;
    const button = ready ? [...document.querySelectorAll('button')].findLast(named) : undefined;
    button?.focus();
    button?.click();
    setTimeout(() => press(button === undefined ? [label, ...rest] : rest), 100);
  };
  press(scene.press ?? []);
  const { next } = scene;
  if (next !== undefined) setTimeout(() => void go(next), 1500);
  // For the scripts that look at the gallery: what was called, and pushes from outside.
  const calls: [string, unknown[]][] = [];
  const recorded = Object.fromEntries(
    Object.entries(bridge).map(([name, call]) => [
      name,
      (...args: unknown[]) => {
        if (!name.startsWith('on')) calls.push([name, args]);
        // The arguments are exactly what the page gave to this function of the contract.
        return (call as (...args: unknown[]) => unknown)(...args);
      },
    ]),
  );
  const command = (name: string) => {
    for (const listener of commands) listener({ command: name });
  };
  Object.assign(window, { gallery: { go, tell, calls, command } });
  // Same keys, same functions.
  return recorded as unknown as Bridge;
}
