/** The pages' style sheet and font. Colours come from the one theme file of the house. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const tokens = readFileSync(new URL('../../../shared/theme/tokens.css', import.meta.url), 'utf8');
const page = readFileSync(new URL('./page.css', import.meta.url), 'utf8');
const fontFolder = join(dirname(require.resolve('@fontsource-variable/inter/package.json')), 'files');

const assets: ReadonlyMap<string, { readonly type: string; readonly body: string | Buffer }> = new Map([
  ['/assets/page.css', { type: 'text/css; charset=utf-8', body: `${bySystem(tokens)}\n${page}` }],
  [
    '/assets/inter.woff2',
    { type: 'font/woff2', body: readFileSync(join(fontFolder, 'inter-latin-wght-normal.woff2')) },
  ],
]);

/** These pages keep no setting, so the system decides: the light tokens apply where it prefers light. */
function bySystem(css: string): string {
  return css.replace(
    /\[data-theme=["']light["']\]\s*\{([^}]*)\}/,
    (_all, rules: string) => `@media (prefers-color-scheme: light) { :root { ${rules} } }`,
  );
}

/** False when the address is no asset. */
export function answerAsset(request: IncomingMessage, response: ServerResponse): boolean {
  const asset = assets.get(request.url ?? '');
  if (asset === undefined || request.method !== 'GET') return false;
  response.writeHead(200, {
    'content-type': asset.type,
    'cache-control': 'max-age=600',
    'x-content-type-options': 'nosniff',
  });
  response.end(asset.body);
  return true;
}
