/** Every call of `shared/ipc.ts`, answered: one line per call, no logic of its own. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { AppState } from '../shared/ipc.ts';
import { pieces } from '../shared/sql/index.ts';
import type { Handlers } from './app/index.ts';
import type { GlassController } from './grants/index.ts';
import type { Handover } from './handover/index.ts';
import type { WorkspaceFiles } from './workspace/index.ts';

export interface HandlerParts {
  readonly controller: GlassController;
  readonly workspace: WorkspaceFiles;
  readonly handover: Pick<Handover, 'copy' | 'openPsql'>;
  readonly info: { readonly version: string; readonly build: string };
  readonly shell: {
    setTheme(theme: 'system' | 'dark' | 'light'): void;
    copy(text: string): void;
    /** The answer to the question whether to quit. */
    quit(go: boolean): void;
    showFile(path: string): void;
    readonly packaged: boolean;
  };
}

export function handlersOf({ controller, workspace, handover, info, shell }: HandlerParts): Handlers {
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
    dismissSummary: () => done(controller.dismiss()),
    splitSql: statementsOf,
    runSql: (wanted) => controller.runner().run(wanted),
    cancelSql: (result) => done(controller.runner().cancel(result)),
    getRows: (window) => controller.runner().rows(window),
    getCell: (wanted) => controller.runner().cell(wanted),
    async copyRows(wanted) {
      const { text, ...counted } = await controller.runner().copy(wanted);
      shell.copy(text);
      return counted;
    },
    closeResult: (result) => done(controller.runner().close(result)),
    setTransactionMode: (mode) => done(controller.setTransactionMode(mode)),
    endTransaction: (how) => done(controller.runner().endTransaction(how)),
    reconnect: () => done(controller.runner().reconnect()),
    dismissMessage: (message) => done(controller.runner().dismiss(message)),
    offerExport: (result) => controller.exporter().offer(result),
    startExport: (wish) => controller.exporter().start(wish),
    cancelExport: (id) => done(controller.exporter().cancel(id)),
    showExport: (id) => done(shell.showFile(controller.exporter().pathOf(id))),
    getSchema: () => controller.schema(),
    openPort: () => done(controller.port().open()),
    closePort: () => done(controller.port().close()),
    copyPort: (what) => handover.copy(what, controller.port()),
    openPsql: () => done(handover.openPsql(controller.port())),
    disconnectClient: (id) => done(controller.port().disconnect(id)),
    loadWorkspace: () => workspace.tabs.read(),
    saveWorkspace: (value) => done(workspace.tabs.write(value)),
    getSettings: () => workspace.settings.read(),
    saveSettings(value) {
      workspace.settings.write(value);
      shell.setTheme(value.theme);
      controller.settingsSaved(value);
      return null;
    },
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
