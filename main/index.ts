/**
 * Composition root of the desktop app: the only place where its parts are made and wired together. Data goes down the
 * house once: renderer → preload → main/app → here → main/grants → main/proxy → main/audit → database.
 */
import { join } from 'node:path';
import { app, ipcMain } from 'electron';
import ElectronStore from 'electron-store';
import { openShell } from './app/index.ts';
import { openAuditLog, startUploader } from './audit/index.ts';
import { systemClock } from './clock.ts';
import { openCollector } from './collector/index.ts';
import { GlassController } from './grants/controller.ts';
import { handlersOf } from './handlers.ts';
import { openKeyVault, openLogin } from './identity/index.ts';
import { openSecretBox } from './identity/secret-store.ts';
import { keyValueOf, openRaw } from './workspace/store.ts';
import { openWorkspace, type StoreFactory } from './workspace/index.ts';

declare const __VERSION__: string;
declare const __BUILD__: string;

/** Where the collector is: told by the environment, else by the deployment's default in the settings file. */
const collectorOrigin = process.env.VITRINE_COLLECTOR ?? 'https://collector.vitrine.example';
const directory = app.getPath('userData');

const stores: StoreFactory = (name) => {
  const store = new ElectronStore({ name, cwd: directory, clearInvalidConfig: false });
  // electron-store registers an unvalidated synchronous channel; nothing of ours uses it.
  ipcMain.removeAllListeners('electron-store-get-data');
  return store;
};

const defect = (error: unknown): void => console.error(error instanceof Error ? error.stack : error);

const shell = await openShell({
  collectorOrigin,
  handlers: async () => handlersOf({ controller, workspace, info: { version: __VERSION__, build: __BUILD__ }, shell }),
  onDeepLink: (wanted) => controller.prefill(wanted),
  onResume: () => controller.recheck(),
  onQuit: () => controller.quit(),
});

const workspace = openWorkspace(stores, directory, Date.now);
const vault = openKeyVault(await openSecretBox(process.platform), keyValueOf(openRaw(stores, 'device', directory, Date.now).raw));
const controller = new GlassController({
  clock: systemClock,
  vault,
  collectorOrigin,
  async connect() {
    const collector = await openCollector(collectorOrigin);
    const { issuer, client_id: clientId, oidc_scope: scope } = collector.discovery;
    const login = await openLogin({ issuer, clientId, scope, openBrowser: shell.openExternal, now: Date.now });
    return { collector, login };
  },
  openLog: (key) =>
    openAuditLog({
      dir: join(directory, 'log'),
      signer: key,
      clock: systemClock,
      app: { version: __VERSION__, build: __BUILD__ },
      sealKey: key.derive('log-disclosures'),
    }),
  startUploads: (log, collector) =>
    startUploader({ log, uploads: collector, ledgerVkey: collector.discovery.ledger_vkey, clock: systemClock }),
  workspace,
  app: `vitrine ${__VERSION__}`,
  onState: (state) => shell.push('onState', state),
  onResult: (result) => shell.push('onResult', result),
  onDefect: defect,
});
await controller.start();
