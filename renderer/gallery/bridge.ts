/** A bridge that answers from a scene: every call of the contract, with a little latency, and nothing behind it. */
import type { AppState, ExportState, ResultState, Settings } from '../../shared/ipc.ts';
import type { PortState } from '../../shared/ipc-port.ts';
import { firstSettings } from '../../shared/settings.ts';
import type { Bridge } from '../bridge.ts';
import { cell, exported, id, portClient, portClosed, portOpen, result, script } from './data.ts';
import { catalogue } from './data-completion.ts';
import { gridAnswers } from './grid.ts';
import { queryCalls } from './queries-data.ts';
import { resultCalls } from './results-data.ts';
import type { Scene } from './scene.ts';
import { changeOptions } from './scenes-changes.ts';
import { kept } from './scenes-settings.ts';
import * as catalog from './schema-data.ts';

const LATENCY_MS = 2;

export function scripted(scene: Scene, theme: Settings['theme']): Bridge {
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
  const titles = scene.titles ?? ['stuck orders.sql', 'scratch'];
  const tabId = (n: number) => String.fromCharCode(97 + n);
  const tabs = {
    index: {
      tabs: titles.map((title, n) => ({
        id: tabId(n),
        title,
        place: null,
        ...(scene.linked === undefined || n > 0 ? {} : { link: { query: 'q1', rev: scene.linked.rev } }),
      })),
      active: 'a',
      closed: [],
    },
    texts: Object.fromEntries(titles.map((_, n) => [tabId(n), n === 0 ? (scene.text ?? script) : ''])),
  };

  const answered = (of: string) => {
    const found = scene.approvals?.waiting?.find((one) => one.id === of);
    if (found === undefined) throw new Error(`no request ${of}`);
    return ok({ ...found, state: 'approved' as const, ...scene.answer });
  };
  const valuesOf = (row: number, of: string) => [...(scene.values?.[row] ?? cell(row, columns.get(of) ?? 6))];

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
    changeOptions: () => ok(scene.changes ?? changeOptions),
    askChange: () => ok(null),
    withdrawChange: () => ok(null),
    giveWriteBack: () => ok(null),
    offerWrite: () => ok({ scope: 'Orders repair', severity: 'SEV1', same_severity: true }),
    askForWrite: () => ok(null),
    getApprovals: () => ok(scene.approvals ?? null),
    approveRequest: ({ id: of }) => answered(of),
    denyRequest: ({ id: of }) => answered(of),
    getStepUp: () => ok(scene.stepUp ?? null),
    startStepUp: () => ok(null),
    cancelStepUp: () => ok(null),
    listEnvelopes: () => ok([...(scene.envelopes ?? [])]),
    challengeEnvelope: () => ok({ challenge: '7K2QM' }),
    openEnvelope: () =>
      Promise.resolve({
        ok: false,
        error: {
          code: 'code_mistyped',
          message: 'Group 3 of the code is mistyped.',
          hint: 'Compare it with the approver. Nothing was opened.',
        },
      }),
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
    getDiagnostics: () =>
      ok(
        'vitrine: 0.1.0 (gallery)\nsystem: Linux 6.12 x64\nelectron: 45.4.1\ncollector: https://collector.vitrine.example\nphase: live\n',
      ),
    getLicences: () =>
      ok(
        ['monaco-editor', 'openid-client', 'pg', 'react', 'zod'].map((name) => ({
          name,
          version: '1.2.3',
          licence: 'MIT',
          text: `MIT License\n\nCopyright (c) the authors of ${name}\n\nPermission is hereby granted, free of charge, …`,
        })),
      ),
    copySummary: () => ok(null),
    saveEvidence: () => ok({ file: 'evidence-INC-4711-r0000000.ndjson', folder: '~/Downloads', bytes: 184_320 }),
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
    getRows: ({ result: of, offset, count }) => ok(Array.from({ length: count }, (_, i) => valuesOf(offset + i, of))),
    copyRows: ({ top, bottom, left, right }) =>
      ok({ rows: bottom - top + 1, cells: (bottom - top + 1) * (right - left + 1) }),
    ...gridAnswers({
      ok,
      rows: () => scene.results?.at(-1)?.[1].stored ?? 37,
      cell: valuesOf,
      busy: scene.busy,
    }),
    closeResult: () => ok(null),
    ...resultCalls(scene, (of) => columns.get(of) ?? 6),
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
    explainSql: async ({ confirmed }) =>
      scene.explain === undefined || scene.explain.kind !== 'confirm' || !confirmed
        ? ok(
            scene.explain ?? {
              kind: 'failed',
              status: 'not_sent',
              code: '',
              message: '',
              detail: null,
              hint: null,
              position: null,
              record: { result: '', intent: null, ledger_index: null },
            },
          )
        : new Promise(() => {}),
    cancelExplain: () => ok(null),
    saveChart: () => ok({ file: 'orders.svg', folder: '~/Downloads' }),
    readTree: () => ok(scene.catalog?.tree ?? catalog.tree),
    readColumns: (relations) =>
      ok(catalog.columns.filter(({ relation }) => relations === null || relations.includes(relation))),
    readItems: (what) => ok(what === 'functions' ? catalog.functions : catalog.types),
    async readSection({ section }) {
      const problem = scene.catalog?.refuse?.[section];
      if (problem !== undefined) return { ok: false, error: problem };
      if (scene.catalog?.slow === section) await new Promise(() => {});
      return ok(scene.catalog?.sections?.[section] ?? catalog.sections[section]);
    },
    readNeighbours: () => ok(catalog.neighbours),
    getCatalogue: () => ok(catalogue),
    openPort: () => port(() => portOpen()),
    closePort: () => port(() => portClosed),
    copyPort: (what) => ok({ clears_in_s: what === 'psql' ? null : 60 }),
    openPsql: () => port((now) => ({ ...now, clients: [...now.clients, portClient(now.clients.length)] })),
    disconnectClient: (client) => port((now) => ({ ...now, clients: now.clients.filter((one) => one.id !== client) })),
    findParts: () => ok([...(scene.editor?.parts ?? [])]),
    checkSql: () => ok([...(scene.editor?.findings ?? [])]),
    formatSql: (text) => ok({ text, kept: 0, done: 1 }),
    findParameters: () => ok([...(scene.editor?.parameters ?? [])]),
    fillParameters: ({ text, values }) =>
      scene.editor?.wrong === undefined
        ? ok({ kind: 'filled', text: values.reduce((all, { name, value }) => all.replaceAll(name, value), text) })
        : ok({ kind: 'wrong', problems: [...scene.editor.wrong] }),
    loadSnippets: () => ok([...(scene.editor?.snippets ?? [])]),
    saveSnippets: () => ok(null),
    loadTabs: () => ok({ ...tabs, mishaps: [] }),
    saveTabs: () => ok(null),
    saveText: () => ok(null),
    readText: () => ok(null),
    findHistory: (query) => ok(scene.history?.(query) ?? { entries: [], next: null, targets: [], problem: null }),
    readHistory: () => ok('select 1'),
    clearHistory: () => ok(null),
    ...queryCalls(scene),
    getSettings: () =>
      ok({
        settings: { ...firstSettings, theme, side_panel: scene.panel ?? 'schema', ...scene.settings },
        mishaps: [...(scene.mishaps ?? [])],
      }),
    getKept: () => ok({ folder: '/home/amira/.config/Vitrine', files: [...kept] }),
    showKept: () => ok(null),
    saveSettings: () => ok(null),
    copyText: () => ok(null),
    quit: () => ok(null),
    onState: on(states),
    onResult: on(results),
    onExport: on(exports),
    onStepUp: on(new Set()),
    onApprovals: on(new Set()),
    onCommand: on(commands),
  };

  // What the scene shows besides: an export that is written, the dialog that begins one.
  for (const [after, part] of scene.writing ?? []) setTimeout(() => write(exported(part)), after);
  const openExport = () => {
    if (document.querySelector('.grid-row') === null) return void setTimeout(openExport, 200);
    for (const listener of commands) listener({ command: 'export' });
  };
  if (scene.dialog === true) openExport();
  const perform = () => {
    if (document.querySelector('.grid-row') === null) return void setTimeout(perform, 200);
    for (const listener of commands) listener({ command: scene.command ?? '' });
  };
  if (scene.command !== undefined) perform();
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
    const found = (what: 'button' | 'label') => [...document.querySelectorAll(what)].findLast(named);
    const button = ready ? (found('button') ?? found('label')) : undefined;
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
        // Every name of the bridge is a key of it.
        const answer = scene.calls?.[name as keyof Bridge];
        if (answer === 'never') return new Promise(() => {});
        if (answer !== undefined) return Promise.resolve({ ok: false, error: answer });
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
