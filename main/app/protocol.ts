/**
 * `app://vitrine/…`: the built files of the renderer, as a closed list, with the headers that keep the page in. (I7)
 */
import { readdir, readFile, realpath } from 'node:fs/promises';
import { extname, isAbsolute, join, relative, sep } from 'node:path';
import { isAppAddress } from './origin.ts';

/** Trusted Types policies that Monaco makes, the one it brings along, and the renderer's own for its worker. */
const TRUSTED_TYPES = [
  'defaultWorkerFactory',
  'diffEditorWidget',
  'diffReview',
  'domLineBreaksComputer',
  'editorGhostText',
  'editorViewLayer',
  'richScreenReaderContent',
  'standaloneColorizer',
  'stickyScrollViewLayer',
  'tokenizeToString',
  'dompurify',
  'vitrine-worker',
] as const;

/** Monaco lays out with inline styles, so `style-src` cannot be stricter. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  `trusted-types ${TRUSTED_TYPES.join(' ')}`,
].join('; ');

/** On every answer, refusals included. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
};

/** The renderer's folder and every file in it, taken once at the start. */
export interface BuiltFiles {
  /** Real path of the folder. */
  readonly root: string;
  /** Paths below it, with `/` on every system. */
  readonly paths: ReadonlySet<string>;
}

/** Regular files of a known type only; a symbolic link is not followed, wherever it leads. */
export async function listBuiltFiles(folder: string): Promise<BuiltFiles> {
  const root = await realpath(folder);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
  return { root, paths: new Set(paths) };
}

/** Path below the root that an address names, or null for everything that does not name a built file. */
export function builtPath(address: string, paths: ReadonlySet<string>): string | null {
  if (!isAppAddress(address)) return null;
  let path: string;
  try {
    path = decodeURIComponent(new URL(address).pathname);
  } catch {
    // Not UTF-8: no file of ours is called that.
    return null;
  }
  path = path.replace(/^\/+/, '');
  return paths.has(path) ? path : null;
}

/** Answers requests to `app:`. A file that has become a link out of the folder since the start is refused too. */
export function serveBuiltFiles(files: BuiltFiles): (request: Request) => Promise<Response> {
  return async ({ method, url }) => {
    if (method !== 'GET' && method !== 'HEAD') return refuse(405);
    const path = builtPath(url, files.paths);
    if (path === null) return refuse(404);
    try {
      const real = await realpath(join(files.root, path));
      const below = relative(files.root, real);
      if (below === '' || below.startsWith('..') || isAbsolute(below)) return refuse(404);
      const body = await readFile(real);
      return new Response(method === 'HEAD' ? null : new Uint8Array(body), {
        headers: { ...SECURITY_HEADERS, 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' },
      });
    } catch (error) {
      // Removed since the start. Anything else is a defect that Electron reports.
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return refuse(404);
      throw error;
    }
  };
}

const refuse = (status: number): Response =>
  new Response(status === 404 ? 'Not found' : 'Refused', {
    status,
    headers: { ...SECURITY_HEADERS, 'content-type': 'text/plain; charset=utf-8' },
  });
