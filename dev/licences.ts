/** A plugin for Vite: beside a bundle, `licences.json` with every package of which something went into it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { z } from 'zod';
import type { Licence } from '../shared/ipc-help.ts';

const MARK = '/node_modules/';

/** Folder of the package that a module belongs to; null for our own. `\0` marks what a plugin made of a file. */
function packageOf(module: string): string | null {
  const path = module.replace(/^\0/, '').replace(/\?.*$/, '').replaceAll('\\', '/');
  const at = path.lastIndexOf(MARK);
  if (at < 0) return null;
  const [scope = '', name = ''] = path.slice(at + MARK.length).split('/');
  return `${path.slice(0, at + MARK.length)}${scope.startsWith('@') ? `${scope}/${name}` : scope}`;
}

const manifest = z.object({ name: z.string(), version: z.string(), license: z.string().optional() });

/** Throws where a package does not say under which licence it may be used: then it must not ship. */
function licenceOf(folder: string): Licence {
  const { name, version, license } = manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  if (license === undefined) throw new Error(`${name} ${version} names no licence`);
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice|thirdpartynotices)/i.test(file));
  const text = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return { name, version, licence: license, text: text.join('\n\n') };
}

export function licences(): Plugin {
  let root = '';
  return {
    name: 'vitrine-licences',
    configResolved(config) {
      root = config.root;
    },
    generateBundle(_options, bundle) {
      // Fonts come in through the style sheets, as files.
      const files = Object.values(bundle).flatMap((one) => (one.type === 'asset' ? one.originalFileNames : []));
      const sources = [...this.getModuleIds(), ...files.map((file) => join(root, file))];
      const folders = new Set(sources.map(packageOf).filter((folder) => folder !== null));
      const found = [...folders].filter((folder) => existsSync(join(folder, 'package.json'))).map(licenceOf);
      found.sort((a, b) => (a.name < b.name ? -1 : 1));
      this.emitFile({ type: 'asset', fileName: 'licences.json', source: JSON.stringify(found) });
    },
  };
}
