/** What the app says of itself: diagnostics for a report, and the licences of what ships in it. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { AppState, Settings } from '../shared/ipc.ts';
import { type Licence, licence } from '../shared/ipc-help.ts';

export interface AboutFacts {
  readonly version: string;
  readonly build: string;
  readonly packaged: boolean;
  /** `process.versions` and its like. */
  readonly versions: Readonly<Record<string, string | undefined>>;
  readonly system: string;
  readonly collector: string;
  readonly now: Date;
}

/**
 * Lines `name: value`. Only what is named here gets out: phases, counts, codes and versions; no SQL, no reason, no person, no
 * path. The collector's origin is there, because nobody can help without it.
 */
export function diagnostics(facts: AboutFacts, state: AppState, settings: Settings): string {
  const lines: [string, string | number][] = [
    ['vitrine', `${facts.version} (${facts.build}${facts.packaged ? '' : ', not packaged'})`],
    ['time', facts.now.toISOString()],
    ['system', facts.system],
    ...(['electron', 'chrome', 'node', 'v8', 'openssl'] as const).map((name): [string, string] => [
      name,
      facts.versions[name] ?? 'none',
    ]),
    ['collector', facts.collector],
    ['phase', state.phase],
    // Targets have names and notes that somebody wrote.
    ['settings', JSON.stringify({ ...settings, targets: Object.keys(settings.targets).length })],
  ];
  if ('problem' in state && state.problem !== null) lines.push(['problem', state.problem.code]);
  if ('ledger' in state)
    lines.push(['records', `${state.ledger.recorded} written, ${state.ledger.in_ledger} in the ledger`]);
  if (state.phase === 'live') {
    const { connection, grant, port, blocked } = state;
    lines.push(
      ['grant', `${grant.id}, ${grant.severity}, ${grant.mode}, ${Math.round(grant.left_ms / 1000)} s left`],
      ['server', connection.server_version ?? 'not connected'],
      ['connection', `${connection.status}, ${connection.tx}, ${connection.mode}`],
      ['local port', `${port.open === null ? 'closed' : 'open'}, ${port.clients.length} tools`],
      ['blocked', blocked?.code ?? 'no'],
    );
  }
  if (state.phase === 'closed') lines.push(['grant', `${state.summary.grant}, ended: ${state.summary.why}`]);
  return `${lines.map(([name, value]) => `${name}: ${value}`).join('\n')}\n`;
}

/** What the build found in main and in the page, each package once. Throws where the files are not there. */
export function readLicences(files: readonly string[]): Licence[] {
  const all = files.flatMap((file) => z.array(licence).parse(JSON.parse(readFileSync(file, 'utf8'))));
  const once = new Map(all.map((one) => [`${one.name} ${one.version}`, one]));
  return [...once.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
