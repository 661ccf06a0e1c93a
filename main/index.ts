/**
 * Composition root of the desktop app: the only place where its parts are made and wired together. Data goes down the
 * house once: renderer → preload → main/app → here → main/grants → main/proxy → main/audit → database. With the word
 * `port` on the command line there is no renderer, and `main/terminal` stands in its place.
 */
import './engine.ts';

import { randomUUID } from 'node:crypto';
import { type as osType, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { app } from 'electron';
import type { Mishap } from '../shared/ipc-workspace.ts';
import type { AboutFacts } from './about.ts';
import { openHost } from './app/host.ts';
import { openShell } from './app/index.ts';
import { openElectronStore } from './app/stores.ts';
import { openAuditLog, startUploader } from './audit/index.ts';
import { systemClock } from './clock.ts';
import { openCollector, reportOpening } from './collector/index.ts';
import { forMe, GlassController, openApprovalNotices, openNotices, progressOf, titleOf } from './grants/index.ts';
import { handlersOf } from './handlers.ts';
import { openHandover } from './handover/index.ts';
import { type KeyVault, type LoginOptions, memoryVault, openKeyVault, openLogin } from './identity/index.ts';
import { openSecretBox } from './identity/secret-store.ts';
import { openExchange, openLibrary } from './queries/index.ts';
import * as terminal from './terminal/index.ts';
import { keyValueOf, lostKey, openHistory, openRaw, openWorkspace, type WorkspaceFiles } from './workspace/index.ts';

declare const __VERSION__: string;
declare const __BUILD__: string;

/** Where the collector is; a deployment sets it in the environment. */
const collectorOrigin = process.env.VITRINE_COLLECTOR ?? 'https://collector.vitrine.example';

const log = (message: string, error?: unknown): void =>
  console.error(message, error instanceof Error ? (error.stack ?? error.message) : (error ?? ''));

/** How a person meets the glass: through the window, or at a terminal. */
interface Front {
  /** Settings, device key, log. */
  readonly directory: string;
  readonly workspace: WorkspaceFiles;
  readonly vault: KeyVault;
  readonly lost: readonly Mishap[];
  readonly app: string;
  readonly login: Pick<LoginOptions, 'openBrowser' | 'deviceCode'>;
  allowOrigin(origin: string): void;
  readonly onState: ConstructorParameters<typeof GlassController>[0]['onState'];
  readonly onResult: ConstructorParameters<typeof GlassController>[0]['onResult'];
  readonly onExport: ConstructorParameters<typeof GlassController>[0]['onExport'];
  readonly onStepUp: ConstructorParameters<typeof GlassController>[0]['onStepUp'];
  readonly onApprovals?: ConstructorParameters<typeof GlassController>[0]['onApprovals'];
  readonly confirm?: ConstructorParameters<typeof GlassController>[0]['confirm'];
  readonly askFile: ConstructorParameters<typeof GlassController>[0]['askFile'];
}

/** Everything behind the glass, the same for both. */
function glassFor(front: Front): GlassController {
  return new GlassController({
    clock: systemClock,
    vault: front.vault,
    collectorOrigin,
    async connect() {
      const collector = await openCollector(collectorOrigin);
      const { issuer, client_id: clientId, oidc_scope: scope } = collector.discovery;
      front.allowOrigin(new URL(issuer).origin);
      const login = await openLogin({ issuer, clientId, scope, ...front.login, now: Date.now });
      return { collector, login };
    },
    openLog: (key) =>
      openAuditLog({
        dir: join(front.directory, 'log'),
        signer: key,
        clock: systemClock,
        app: { version: __VERSION__, build: __BUILD__ },
        sealKey: key.derive('log-disclosures'),
      }),
    envelopes: { dir: join(front.directory, 'envelopes'), report: reportOpening },
    startUploads: (audit, collector, before) =>
      startUploader({
        log: audit,
        uploads: {
          // What was opened offline is told before any record of what was done with it.
          entries: async (...batch) => {
            await before();
            return collector.entries(...batch);
          },
          head: (sid) => collector.head(sid),
          disclosures: (sid, items) => collector.disclosures(sid, items),
        },
        ledgerVkey: collector.discovery.ledger_vkey,
        clock: systemClock,
      }),
    workspace: front.workspace,
    lost: front.lost,
    openHistory: (key) =>
      openHistory({
        folder: join(front.directory, 'history'),
        device: key.thumbprint,
        key: key.derive('history'),
        now: Date.now,
      }),
    app: front.app,
    onState: front.onState,
    onResult: front.onResult,
    onExport: front.onExport,
    onStepUp: front.onStepUp,
    ...(front.onApprovals === undefined ? {} : { onApprovals: front.onApprovals }),
    ...(front.confirm === undefined ? {} : { confirm: front.confirm }),
    askFile: front.askFile,
    onDefect: (error) => log('defect', error),
  });
}

async function openVault(directory: string): Promise<{ vault: KeyVault; lost: readonly Mishap[] }> {
  const { raw, putAside } = openRaw(openElectronStore, 'device', directory, Date.now);
  const vault = openKeyVault(await openSecretBox(process.platform), keyValueOf(raw));
  return { vault, lost: putAside === null ? [] : [lostKey(putAside)] };
}

function openInWindow(): void {
  let glass: GlassController | null = null;
  const calls = Promise.withResolvers<ReturnType<typeof handlersOf>>();
  const wired = Promise.withResolvers<GlassController>();
  const whenWired = (then: (controller: GlassController) => void): void => void wired.promise.then(then);

  /** Everything that needs the system to be ready; the shell holds the window's calls until this has been done. */
  async function wire(shell: Awaited<ReturnType<typeof openShell>>): Promise<GlassController> {
    const directory = app.getPath('userData');
    const workspace = openWorkspace(openElectronStore, directory, Date.now);
    const { vault, lost } = await openVault(directory);
    shell.setTheme(workspace.settings.read().theme);
    const handover = openHandover({
      clipboard: shell.clipboard,
      platform: process.platform,
      env: process.env,
      runtimeDirs: [process.env.XDG_RUNTIME_DIR ?? '', tmpdir()].filter((one) => one !== ''),
      mono: systemClock.mono,
      onDefect: (error) => log('a handed-over password could not be removed', error),
    });
    const noticeOf = openNotices();
    const approvalNoticeOf = openApprovalNotices();
    const controller = glassFor({
      directory,
      workspace,
      vault,
      lost,
      app: `vitrine ${__VERSION__}`,
      login: { openBrowser: shell.openExternal },
      allowOrigin: shell.allowOrigin,
      onState(state) {
        handover.follow(state.phase === 'live' ? state.port : null);
        shell.push('onState', state);
        shell.setTitle(titleOf(state));
        shell.setProgress(progressOf(state));
        const notice = noticeOf(state);
        if (notice !== null) shell.notify(notice);
      },
      onResult: (result) => shell.push('onResult', result),
      onExport: (state) => shell.push('onExport', state),
      onStepUp: (state) => shell.push('onStepUp', state),
      confirm: shell.confirm,
      onApprovals(state) {
        shell.push('onApprovals', state);
        shell.setBadge(state === null ? 0 : forMe(state).length);
        const notice = approvalNoticeOf(state);
        if (notice !== null) shell.notify(notice);
      },
      askFile: shell.askFile,
    });
    const library = openLibrary(directory, Date.now, randomUUID);
    const { askFile, askFiles } = shell;
    const exchange = openExchange({ library, askFile, askFiles, now: Date.now, newId: randomUUID });
    const info = { version: __VERSION__, build: __BUILD__ };
    const about = (): AboutFacts => ({
      ...info,
      packaged: shell.packaged,
      versions: process.versions,
      system: `${osType()} ${release()} ${process.arch}`,
      collector: collectorOrigin,
      now: new Date(),
    });
    // Beside `out/main/index.js`, where the build puts them.
    const licences = ['licences.json', '../renderer/licences.json'].map((file) => join(import.meta.dirname, file));
    calls.resolve(
      handlersOf({
        controller,
        workspace,
        directory,
        queries: { library, exchange },
        handover,
        info,
        about,
        licences,
        shell,
      }),
    );
    return controller;
  }

  openShell({
    collectorOrigin,
    handlers: () => calls.promise,
    onDeepLink: (wanted) => whenWired((controller) => controller.prefill(wanted)),
    onResume: () => whenWired((controller) => controller.recheck()),
    mustAskToQuit: () => glass?.losesByQuitting() ?? false,
    onQuit: async () => (await wired.promise).quit(),
    log,
  })
    .then(wire)
    .then(async (controller) => {
      wired.resolve(controller);
      glass = controller;
      await controller.start();
    })
    .catch(failed);
}

/** `vitrine port`: no window, no page, no call; the process ends with the run's exit code. */
async function openAtTerminal(wanted: terminal.Wanted): Promise<void> {
  const stop = new terminal.Stop(systemClock.mono);
  let glass: GlassController | null = null;
  const onResume = (): void => glass?.recheck();
  const host = await openHost({ collectorOrigin, onResume, onQuit: () => stop.terminate() });
  const voice = new terminal.Voice({
    words: process.stderr,
    data: process.stdout,
    json: wanted.json,
    env: process.env,
    onReaderGone: () => stop.terminate(),
  });
  if (host === null) {
    const code = terminal.alreadyRunning(voice);
    await voice.flushed();
    return app.exit(code);
  }
  terminal.listenForSignals(process, stop);
  // A defect ends the run in order, instead of in a dialog that nobody sees.
  process.on('uncaughtException', (error) => {
    log('defect', error);
    stop.terminate();
  });
  const { directory } = host;
  terminal.removeAbandoned(directory);
  const prompts =
    process.stdin.isTTY && process.stderr.isTTY ? terminal.openPrompts(process.stdin, process.stderr, stop) : null;
  const desk = terminal.openDesk({
    login: wanted.login,
    display: terminal.hasDisplay(process.platform, process.env),
    openExternal: host.openExternal,
    voice,
    prompts,
  });
  const watch = new terminal.Watch();
  const stepUp = terminal.stepUpAt({ voice, stop, desk, glass: () => glass });
  glass = glassFor({
    directory,
    workspace: openWorkspace(openElectronStore, directory, Date.now),
    ...(wanted.key === 'memory' ? { vault: memoryVault(), lost: [] } : await openVault(directory)),
    app: `vitrine ${__VERSION__} at a terminal`,
    login: desk,
    allowOrigin: host.allowOrigin,
    onState: (state) => watch.push(state),
    onResult: () => undefined,
    // There are no results here, and nobody to ask.
    onExport: () => undefined,
    onStepUp: (state) => stepUp(state),
    askFile: async () => null,
  });
  const { env, stdin: input } = process;
  const parts = { wanted, glass, watch, voice, stop, desk, prompts, input, env, directory };
  host.exit(await terminal.runToTheEnd({ ...parts, origin: collectorOrigin, version: __VERSION__ }, glass, log));
}

function failed(error: unknown): void {
  log('Vitrine could not start', error);
  app.exit(1);
}

const args = terminal.terminalArguments(process.argv, app.isPackaged);
if (args === null) openInWindow();
else {
  const wanted = terminal.read(args, process);
  if (typeof wanted === 'number') app.exit(wanted);
  else openAtTerminal(wanted).catch(failed);
}
