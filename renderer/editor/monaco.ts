/**
 * Monaco, set up once: a real worker under `script-src 'self'` and Trusted Types, SQL for PostgreSQL. Loaded lazily by
 * SqlEditor, so that the request form does not wait for it.
 */
import * as monaco from 'monaco-editor/editor';
import 'monaco-editor/features/register.all';
import 'monaco-editor/languages/definitions/pgsql/register';
import workerUrl from 'monaco-editor/editor/editor.worker?worker&url';
import { language } from 'monaco-editor/languages/definitions/pgsql/pgsql';

export { monaco };

/** Monaco's list holds PostgreSQL's reserved words; these are not reserved, and everybody reads them as keywords. */
const KEYWORDS =
  `ALTER BEGIN BY CALL CASCADE COMMENT COMMIT CONFLICT COPY CURSOR DATABASE DEALLOCATE DECLARE DELETE DISCARD DROP EXECUTE
  EXISTS EXPLAIN EXTENSION FILTER FIRST FOLLOWING FUNCTION IF INDEX INSERT INTERVAL ISOLATION KEY LAST LEVEL LISTEN LOCAL
  LOCK LOCKED MATCHED MATERIALIZED MERGE NOTHING NOTIFY NOWAIT NULLS OVER PARTITION PRECEDING PREPARE RANGE READ RECURSIVE
  REFRESH REINDEX RELEASE REPLACE RESET RESTRICT REVOKE ROLE ROLLBACK ROWS SAVEPOINT SCHEMA SEQUENCE SESSION SET SHARE SHOW
  SKIP START TEMP TEMPORARY TRANSACTION TRIGGER TRUNCATE TYPE UNBOUNDED UPDATE VACUUM VALUES VIEW WITHIN WITHOUT WRITE`.split(
    /\s+/,
  );
// The register above loads this same object.
if (Array.isArray(language.keywords)) language.keywords.push(...KEYWORDS);

/** The policy of our own that the CSP has to name, beside Monaco's. */
const POLICY = 'vitrine-worker';

interface TypedPolicy {
  createScriptURL(url: string): unknown;
}
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): TypedPolicy;
}
// Not in TypeScript's DOM library yet.
const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;

const policy = trustedTypes?.createPolicy(POLICY, {
  createScriptURL(url) {
    const address = new URL(url, location.href);
    if (address.origin !== location.origin) throw new TypeError('A worker may come from this app only.');
    return address.href;
  },
});

let alive: (works: boolean) => void = () => {};
/**
 * Whether the editor's worker answers. Monaco would silently move its work to the page where a worker is blocked, and
 * typing would stutter; so it is measured, and the window says so. The editor's root carries it as `data-worker`.
 */
export const workerAnswers = new Promise<boolean>((resolve) => {
  alive = resolve;
});

self.MonacoEnvironment = {
  getWorker() {
    // The policy returns a TrustedScriptURL, which the DOM types still call a string.
    const worker = new Worker((policy?.createScriptURL(workerUrl) ?? workerUrl) as string, { type: 'module' });
    worker.addEventListener('message', () => alive(true), { once: true });
    worker.addEventListener('error', () => alive(false), { once: true });
    return worker;
  },
};

/**
 * Makes an editor that nobody sees and lets it go: Monaco's services are then up, its code is compiled and its worker
 * answers when the first real one is wanted. Some 100 ms of work, for a moment in which nobody waits.
 */
export function warmUp(): void {
  const editor = monaco.editor.create(document.createElement('div'), { language: 'pgsql', value: 'select 1' });
  void workerAnswers.then(() => {
    editor.getModel()?.dispose();
    editor.dispose();
  });
}
