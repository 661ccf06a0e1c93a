/** Every call of `shared/ipc.ts`, answered: one line per call, no logic of its own. */
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { AppState } from '../shared/ipc.ts';
import { partsAt, pieces } from '../shared/sql/index.ts';
import { type AboutFacts, diagnostics, readLicences } from './about.ts';
import type { Handlers } from './app/index.ts';
import { checkSql, fillParameters, findParameters, formatSql } from './editor/index.ts';
import type { GlassController } from './grants/index.ts';
import type { Handover } from './handover/index.ts';
import { columnsQuestion, itemsQuestion, neighboursQuestion, sectionQuestion, treeQuestion } from './proxy/index.ts';
import type { Exchange, Library } from './queries/index.ts';
import { keptFiles, type WorkspaceFiles } from './workspace/index.ts';

export interface HandlerParts {
  readonly controller: GlassController;
  readonly workspace: WorkspaceFiles;
  /** Where everything of this device is kept. */
  readonly directory: string;
  readonly queries: { readonly library: Library; readonly exchange: Exchange };
  readonly handover: Pick<Handover, 'copy' | 'openPsql'>;
  readonly info: { readonly version: string; readonly build: string };
  readonly about: () => AboutFacts;
  /** Files that the build made. */
  readonly licences: readonly string[];
  readonly shell: {
    setTheme(theme: 'system' | 'dark' | 'light'): void;
    copy(text: string): void;
    /** The answer to the question whether to quit. */
    quit(go: boolean): void;
    showFile(path: string): void;
    readonly packaged: boolean;
  };
}

export function handlersOf(parts: HandlerParts): Handlers {
  const { controller, workspace, queries, directory, handover, info, about, licences, shell } = parts;
  /** Answers null once the work is done: calls without a value answer null. */
  const done = async (work: Promise<unknown> | unknown): Promise<null> => {
    await work;
    return null;
  };
  return {
    getState: (): AppState => controller.state(),
    getInfo: () => ({ ...info, platform: platformOf(process.platform), packaged: shell.packaged }),
    chooseKey: (choice) => done(controller.chooseKey(choice)),
    unlockKey: (passphrase) => done(controller.unlockKey(passphrase)),
    forgetKey: () => done(controller.forgetKey()),
    signIn: () => done(controller.signIn()),
    cancelSignIn: () => done(controller.cancelSignIn()),
    signOut: () => done(controller.signOut()),
    submitRequest: (wanted) => done(controller.submit(wanted)),
    withdrawRequest: () => done(controller.withdraw()),
    handBack: () => done(controller.handBack()),
    changeOptions: () => controller.changes.options(),
    askChange: (wanted) => done(controller.changes.ask(wanted)),
    withdrawChange: (id) => done(controller.changes.withdraw(id)),
    giveWriteBack: () => done(controller.changes.giveWriteBack()),
    offerWrite: async () => (await controller.changes.writeInstead()).offer,
    askForWrite: () => done(controller.askForWrite()),
    getApprovals: () => controller.approvals.state(),
    approveRequest: (wish) => controller.approvals.approve(wish),
    denyRequest: (wish) => controller.approvals.deny(wish),
    getStepUp: () => controller.stepUp.state(),
    startStepUp: () => done(controller.stepUp.start()),
    cancelStepUp: () => done(controller.stepUp.cancel()),
    listEnvelopes: () => controller.listEnvelopes(),
    challengeEnvelope: async (id) => ({ challenge: await controller.challengeEnvelope(id) }),
    openEnvelope: (wish) => done(controller.openEnvelope(wish)),
    copySummary: () => done(shell.copy(controller.summaryText())),
    saveEvidence: () => controller.saveEvidence(),
    dismissSummary: () => done(controller.dismiss()),
    splitSql: statementsOf,
    runSql: (wanted) => controller.runner().run(wanted),
    cancelSql: (result) => done(controller.runner().cancel(result)),
    getRows: (window) => controller.runner().results.rows(window),
    async copyRows(wanted) {
      const { text, ...counted } = await controller.runner().results.copy(wanted);
      shell.copy(text);
      return counted;
    },
    arrangeRows: (wish) => controller.runner().results.reading(wish.result).arrange(wish),
    getArranged: (window) => controller.runner().results.reading(window.result).window(window),
    findInRows: (wish) => controller.runner().results.reading(wish.result).find(wish),
    nextHit: (wish) => controller.runner().results.reading(wish.result).nextHit(wish),
    addUp: (wish) => controller.runner().results.reading(wish.result).addUp(wish),
    gridProgress: ({ result, work }) => controller.runner().results.reading(result).progress(work),
    stopGridWork: ({ result, work }) => done(controller.runner().results.reading(result).stop(work)),
    closeResult: (result) => done(controller.runner().close(result)),
    pinResult: ({ result, pinned }) => done(controller.runner().results.pin(result, pinned)),
    readValue: (wanted) => controller.runner().results.value(wanted),
    getLinks: (wanted) => controller.runner().results.links(wanted),
    fetchMore: ({ result, rows }) => controller.runner().again(result, rows),
    compareResults: (wanted) => controller.runner().results.comparisons.begin(wanted),
    comparedLines: (wanted) => controller.runner().results.comparisons.lines(wanted),
    nextDifference: (wanted) => controller.runner().results.comparisons.next(wanted),
    setTransactionMode: (mode) => done(controller.setTransactionMode(mode)),
    endTransaction: (how) => done(controller.runner().endTransaction(how)),
    reconnect: () => done(controller.runner().reconnect()),
    dismissMessage: (message) => done(controller.runner().dismiss(message)),
    offerExport: (result) => controller.exporter().offer(result),
    startExport: (wish) => controller.exporter().start(wish),
    cancelExport: (id) => done(controller.exporter().cancel(id)),
    showExport: (id) => done(shell.showFile(controller.exporter().pathOf(id))),
    explainSql: (wanted) => controller.runner().explain(wanted),
    cancelExplain: (tab) => done(controller.runner().cancelExplain(tab)),
    saveChart: (picture) => controller.exporter().saveChart(picture),
    readTree: () => controller.catalog(treeQuestion),
    readColumns: (relations) => controller.catalog((scope) => columnsQuestion(scope, relations)),
    readItems: (what) => controller.catalog((scope) => itemsQuestion(scope, what)),
    readSection: ({ oid, section }) => controller.catalog(() => sectionQuestion(oid, section)),
    readNeighbours: ({ oid, hops }) => controller.catalog(() => neighboursQuestion(oid, hops)),
    getCatalogue: () => controller.runner().catalogue(),
    openPort: () => done(controller.port().open()),
    closePort: () => done(controller.port().close()),
    copyPort: (what) => handover.copy(what, controller.port()),
    openPsql: () => done(handover.openPsql(controller.port())),
    disconnectClient: (id) => done(controller.port().disconnect(id)),
    findParts: ({ text, cursor }) => [...partsAt(text, cursor)],
    checkSql: (text) => checkSql(text, controller.scope()),
    formatSql,
    findParameters,
    fillParameters,
    loadSnippets: () => workspace.snippets.read(),
    saveSnippets: (value) => done(workspace.snippets.write(value)),
    getDiagnostics: () => diagnostics(about(), controller.state(), workspace.settings.read()),
    getLicences: () => readLicences(licences),
    loadTabs: () => {
      const { mishaps, ...tabs } = workspace.tabs.load();
      return { ...tabs, mishaps: [...controller.mishaps(), ...mishaps] };
    },
    saveTabs: (index) => done(workspace.tabs.saveIndex(index)),
    saveText: ({ id, text }) => done(workspace.tabs.saveText(id, text)),
    readText: (id) => workspace.tabs.readText(id),
    findHistory: (query) => controller.history().find(query),
    readHistory: (id) => controller.history().text(id),
    clearHistory: () => done(controller.history().clear()),
    listQueries: () => queries.library.list(),
    readQuery: (id) => queries.library.read(id),
    searchQueries: (typed) => queries.library.search(typed),
    createQuery: (draft) => queries.library.create(draft),
    saveQueryText: (wish) => queries.library.saveText(wish),
    saveQueryDetails: (details) => queries.library.saveDetails(details),
    makeQueryFolder: (path) => queries.library.makeFolder(path),
    moveQueryFolder: (wish) => queries.library.moveFolder(wish),
    deleteQueries: (what) => queries.library.remove(what),
    undoQueryDelete: (deletion) => queries.library.undo(deletion),
    exportQueries: (wish) => queries.exchange.export(wish),
    planQueryImport: () => queries.exchange.plan(),
    importQueries: (wish) => queries.exchange.import(wish),
    getSettings: () => ({ settings: workspace.settings.read(), mishaps: workspace.mishaps() }),
    saveSettings(value) {
      shell.setTheme(value.theme);
      return done(workspace.settings.write(value));
    },
    getKept: () => ({ folder: directory, files: [...keptFiles] }),
    showKept: () => done(shell.showFile(join(directory, 'settings.json'))),
    copyText: (text) => done(shell.copy(text)),
    quit: (go) => done(shell.quit(go)),
  };
}

/** Asked whenever somebody stops typing: a long text must not hold up what runs. */
async function statementsOf(text: string): Promise<{ start: number; end: number }[]> {
  const ranges: { start: number; end: number }[] = [];
  for (const batch of pieces(text)) {
    for (const { start, end } of batch) ranges.push({ start, end });
    await breathe();
  }
  return ranges;
}

const platformOf = (platform: NodeJS.Platform): 'darwin' | 'linux' | 'win32' =>
  platform === 'darwin' || platform === 'win32' ? platform : 'linux';
