/**
 * Builds every part of Vitrine with plain Vite calls into `out/`: what ships is exactly what is here. A part whose inputs
 * have not changed since its last build is left alone, so a second start takes seconds. A part appears whole or not at
 * all: it is built aside and moved into place.
 *
 *   node dev/build.ts [--only main,renderer] [--force]
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { type InlineConfig, build as viteBuild } from 'vite';
import { licences } from './licences.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Chromium of Electron 45; the desk's pages ask for no more than that. */
const browserTarget = 'chrome150';
const nodeTarget = 'node24';

interface Part {
  /** Also its folder under `out/`. */
  readonly name: string;
  readonly entry: string;
  /** Folders whose files decide its build hash. */
  readonly inputs: readonly string[];
  readonly config: (outDir: string) => InlineConfig;
  /** What the bundler does not do itself. */
  readonly finish?: (outDir: string) => void;
}

const builtins = [...builtinModules, ...builtinModules.map((name) => `node:${name}`)];

/** One self-contained file for Node: nothing of node_modules is needed beside it. */
function nodeFile(entry: string, options: { target?: string; banner?: string } = {}): (outDir: string) => InlineConfig {
  return (outDir) => ({
    plugins: [licences()],
    ssr: { noExternal: true, target: 'node' },
    // Packages written as CommonJS look for their files beside themselves: beside the bundle, then.
    define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
    build: {
      ssr: join(root, entry),
      outDir,
      target: options.target ?? nodeTarget,
      minify: false,
      rolldownOptions: {
        external: ['electron', /^electron\/.+/, 'pg-native', 'pg-cloudflare', ...builtins],
        output: {
          format: 'es',
          entryFileNames: 'index.js',
          codeSplitting: false,
          ...(options.banner === undefined ? {} : { banner: options.banner }),
        },
      },
    },
  });
}

/** Pages under a strict CSP: nothing inlined as a data: URL, no polyfill scripts. `base`: where their files are served. */
function pages(folder: string, base: string): (outDir: string) => InlineConfig {
  return (outDir) => ({
    root: join(root, folder),
    base,
    plugins: [react(), licences()],
    worker: { format: 'es' },
    build: {
      outDir,
      target: browserTarget,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 8000,
      reportCompressedSize: false,
    },
  });
}

const parts: readonly Part[] = [
  {
    name: 'main',
    entry: 'main/index.ts',
    // The app is known by main's build hash, so that covers all of it.
    inputs: ['main', 'preload', 'renderer', 'shared'],
    config: nodeFile('main/index.ts'),
    finish: copyParser,
  },
  {
    name: 'preload',
    entry: 'preload/index.ts',
    inputs: ['preload', 'shared'],
    config: (outDir) => ({
      ssr: { noExternal: true },
      build: {
        ssr: join(root, 'preload/index.ts'),
        outDir,
        target: browserTarget,
        minify: false,
        rolldownOptions: {
          external: ['electron'],
          output: { format: 'cjs', entryFileNames: 'index.cjs', codeSplitting: false },
        },
      },
    }),
  },
  {
    name: 'renderer',
    entry: 'renderer/index.html',
    inputs: ['renderer', 'shared'],
    config: pages('renderer', './'),
  },
  {
    name: 'collector',
    entry: 'collector/index.ts',
    inputs: ['collector', 'shared'],
    config: nodeFile('collector/index.ts'),
    finish: copyParser,
  },
  {
    name: 'web',
    entry: 'collector/web/index.html',
    inputs: ['collector/web', 'shared'],
    config: pages('collector/web', '/'),
  },
  {
    name: 'verifier',
    entry: 'verifier/index.ts',
    inputs: ['verifier', 'shared'],
    config: nodeFile('verifier/index.ts', { target: 'node20.19', banner: '#!/usr/bin/env node' }),
    finish: (outDir) => chmodSync(join(outDir, 'index.js'), 0o755),
  },
];
export const partNames: readonly string[] = parts.map((part) => part.name);

/** libpg-query reads its WebAssembly from the folder of the file it is bundled into. */
function copyParser(outDir: string): void {
  const wasm = 'libpg-query.wasm';
  if (!readFileSync(join(outDir, 'index.js'), 'utf8').includes(wasm)) return;
  const from = dirname(createRequire(import.meta.url).resolve('libpg-query'));
  copyFileSync(join(from, wasm), join(outDir, wasm));
}

export interface BuildOptions {
  /** Names of parts; all when absent. */
  readonly only?: readonly string[] | undefined;
  readonly force?: boolean;
  /** Where to put them; `out/` of the repository when absent. */
  readonly out?: string;
  readonly log?: (line: string) => void;
}

/** Brings the parts up to date. Rejects with the bundler's words; what was built before then stays in place. */
export async function build(options: BuildOptions = {}): Promise<void> {
  const log = options.log ?? console.log;
  const out = options.out ?? join(root, 'out');
  const wanted = parts.filter((part) => options.only === undefined || options.only.includes(part.name));
  const unknown = (options.only ?? []).filter((name) => !partNames.includes(name));
  if (unknown.length > 0) throw new Error(`There is no part ${unknown.join(', ')}; there are ${partNames.join(', ')}.`);
  const common = hashOf(['package.json', 'package-lock.json', 'dev/build.ts', 'dev/licences.ts']);

  for (const part of wanted) {
    if (!existsSync(join(root, part.entry)))
      throw new Error(`${part.entry} does not exist, so ${part.name} cannot be built.`);
    const inputs = `${hashOf(part.inputs)}${common}`;
    const stamp = join(out, '.built', part.name);
    if (options.force !== true && existsSync(join(out, part.name)) && isStamped(stamp, inputs)) continue;
    const began = performance.now();
    await buildPart(part, out, inputs);
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, inputs);
    log(`built ${part.name.padEnd(9)} ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }
}

function isStamped(stamp: string, value: string): boolean {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === value;
}

async function buildPart(part: Part, out: string, inputs: string): Promise<void> {
  mkdirSync(out, { recursive: true });
  const aside = mkdtempSync(join(out, `.${part.name}-`));
  // A test runner sets this to something else, and libraries would then be built for development.
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    const fresh = join(aside, 'new');
    const config = part.config(fresh);
    await viteBuild({
      root,
      configFile: false,
      envDir: false,
      publicDir: false,
      logLevel: 'warn',
      ...config,
      define: { ...config.define, ...constants(inputs) },
      build: { emptyOutDir: true, ...config.build },
    });
    part.finish?.(fresh);
    const place = join(out, part.name);
    if (existsSync(place)) renameSync(place, join(aside, 'old'));
    renameSync(fresh, place);
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
    rmSync(aside, { recursive: true, force: true });
  }
}

function constants(inputs: string): Record<string, string> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const hash = createHash('sha256').update(inputs).digest('hex').slice(0, 10);
  return { __BUILD__: JSON.stringify(hash), __VERSION__: JSON.stringify(version) };
}

/** Hash over the names and contents of files, tests left out; the same on every machine. */
function hashOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((path) => filesOf(join(root, path)))) {
    hash
      .update(`${relative(root, path).split(sep).join('/')}\0`)
      .update(readFileSync(path))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(test|spec)\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  const only = args.includes('--only') ? (args[args.indexOf('--only') + 1] ?? '').split(',') : undefined;
  try {
    await build({ only, force: args.includes('--force') });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
