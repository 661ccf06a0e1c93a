/** The app's own parts without a window: a signed-in engineer with a log, for benchmarks that need many grants. */
import '../main/engine.ts';

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openUserAgent } from '../dev/stack/idp/sign-in.ts';
import type { Stack } from '../dev/stack/index.ts';
import { openAuditLog, startUploader } from '../main/audit/index.ts';
import { systemClock } from '../main/clock.ts';
import { openCollector } from '../main/collector/index.ts';
import { type LiveOptions, openLive } from '../main/grants/live.ts';
import { openKeyVault, openLogin } from '../main/identity/index.ts';
import type { RequestView } from '../shared/api.ts';

export type Engineer = Awaited<ReturnType<typeof openEngineer>>;

export async function openEngineer(stack: Pick<Stack, 'collectorUrl'>, person: string) {
  const vault = openKeyVault(
    {
      trustworthy: false,
      encrypt: () => Promise.reject(new Error('unused')),
      decrypt: () => Promise.reject(new Error('unused')),
    },
    { get: () => undefined, set: () => undefined, delete: () => undefined },
  );
  await vault.choose({ kind: 'memory' });
  const key = await vault.open();
  const collector = await openCollector(stack.collectorUrl);
  const agent = openUserAgent();
  const { issuer, client_id: clientId, oidc_scope: scope } = collector.discovery;
  const login = await openLogin({
    issuer,
    clientId,
    scope,
    now: Date.now,
    openBrowser: async (url) => void (await fetch(await agent.signIn(url, person))),
  });
  await login.signIn(key, new AbortController().signal);
  await collector.authenticate({ key, login: () => login.current(), app: 'vitrine bench' });
  const dir = mkdtempSync(join(tmpdir(), 'vitrine-bench-'));
  const log = await openAuditLog({
    dir,
    signer: key,
    clock: systemClock,
    app: { version: '0', build: 'bench' },
    sealKey: key.derive('log-disclosures'),
  });
  const uploads = startUploader({
    log,
    uploads: collector,
    ledgerVkey: collector.discovery.ledger_vkey,
    clock: systemClock,
  });
  type Window = Partial<Pick<LiveOptions, 'onResult' | 'onExport' | 'askFile' | 'wishes'>>;
  /** Opens a request that was approved, as the app does. */
  const open = async (request: RequestView, onDeadline: () => void, window: Window = {}) =>
    openLive({
      clock: systemClock,
      collector,
      key,
      login: () => login.current(),
      steppedUp: (call) => call(),
      log,
      request,
      onStep: () => undefined,
      onConnection: () => undefined,
      onPort: () => undefined,
      onResult: () => undefined,
      ...window,
      onDeadline,
    });
  return {
    collector,
    log,
    open,
    /** Breaks the glass alone for `minutes` and opens the grant, as the app does. */
    async breakGlass(minutes: number, onDeadline: () => void, window: Window = {}) {
      const options = await collector.options();
      const target = options.targets[0];
      const chosen = target?.scopes.find((one) =>
        one.severities.some((severity) => severity.alone && severity.refused === null),
      );
      const severity = chosen?.severities.find((one) => one.alone && one.refused === null);
      if (!target || !chosen || !severity) throw new Error('the policy lets nobody in alone');
      const request = await collector.submit({
        target: target.id,
        scope: chosen.id,
        severity: severity.id,
        ticket: 'BENCH-1',
        reason: 'Measuring how exactly the glass closes',
        minutes,
        alone: true,
      });
      return open(request, onDeadline, window);
    },
    async close() {
      await uploads.stop();
      await log.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
