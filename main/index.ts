/**
 * Composition root of the desktop app: the only place where its parts are made and wired together. Data goes down the
 * house once: renderer → preload → main/app → here → main/grants → main/proxy → main/audit → database.
 */
import { join } from 'node:path';
import { app } from 'electron';
import { openShell } from './app/index.ts';
import { openElectronStore } from './app/stores.ts';
import { openAuditLog, startUploader } from './audit/index.ts';
import { systemClock } from './clock.ts';
import { openCollector } from './collector/index.ts';
import { GlassController, titleOf } from './grants/index.ts';
import { handlersOf } from './handlers.ts';
import { openKeyVault, openLogin } from './identity/index.ts';
import { openSecretBox } from './identity/secret-store.ts';
import { keyValueOf, openRaw, openWorkspace } from './workspace/index.ts';

declare const __VERSION__: string;
declare const __BUILD__: string;

/** Where the collector is; a deployment sets it in the environment. */
const collectorOrigin = process.env.VITRINE_COLLECTOR ?? 'https://collector.vitrine.example';

const log = (message: string, error?: unknown): void =>
  console.error(message, error instanceof Error ? (error.stack ?? error.message) : (error ?? ''));

/** Everything that needs the system to be ready; the shell holds the window's calls until this has been done. */
async function wire(shell: Awaited<ReturnType<typeof openShell>>): Promise<GlassController> {
  const directory = app.getPath('userData');
  const workspace = openWorkspace(openElectronStore, directory, Date.now);
  const secrets = await openSecretBox(process.platform);
  shell.setTheme(workspace.settings.read().theme);
  const controller = new GlassController({
    clock: systemClock,
    vault: openKeyVault(secrets, keyValueOf(openRaw(openElectronStore, 'device', directory, Date.now).raw)),
    collectorOrigin,
    async connect() {
      const collector = await openCollector(collectorOrigin);
      const { issuer, client_id: clientId, oidc_scope: scope } = collector.discovery;
      shell.allowOrigin(new URL(issuer).origin);
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
    startUploads: (audit, collector) =>
      startUploader({
        log: audit,
        uploads: collector,
        ledgerVkey: collector.discovery.ledger_vkey,
        clock: systemClock,
      }),
    workspace,
    app: `vitrine ${__VERSION__}`,
    onState(state) {
      shell.push('onState', state);
      shell.setTitle(titleOf(state));
    },
    onResult: (result) => shell.push('onResult', result),
    onDefect: (error) => log('defect', error),
  });
  calls.resolve(handlersOf({ controller, workspace, info: { version: __VERSION__, build: __BUILD__ }, shell }));
  return controller;
}

const calls = Promise.withResolvers<ReturnType<typeof handlersOf>>();
const wired = Promise.withResolvers<GlassController>();

const whenWired = (then: (controller: GlassController) => void): void => void wired.promise.then(then);

openShell({
  collectorOrigin,
  handlers: () => calls.promise,
  onDeepLink: (wanted) => whenWired((controller) => controller.prefill(wanted)),
  onResume: () => whenWired((controller) => controller.recheck()),
  onQuit: async () => (await wired.promise).quit(),
  log,
})
  .then(wire)
  .then(async (controller) => {
    wired.resolve(controller);
    await controller.start();
  })
  .catch((error: unknown) => {
    log('Vitrine could not start', error);
    app.exit(1);
  });
