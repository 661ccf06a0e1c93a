/** Puts the two halves of the page side together as source text, with the preload bundle inside the isolated one. */
import { makeCodec } from '../codec.ts';
import { mainWorld } from './main-world.ts';
import { makePeer } from './peer.ts';
import { preloadWorld, type WorldConfig } from './preload-world.ts';

/** Runs in the page's own world, before the other half. */
export const mainWorldSource = (secret: string): string =>
  `(${mainWorld.toString()})(${JSON.stringify(secret)}, ${makePeer.toString()});`;

/** Runs in the isolated world. `preload`: text of the preload bundle (CommonJS), or null where there is none. */
export function preloadWorldSource(config: WorldConfig, preload: string | null): string {
  const wrapped = preload === null ? 'null' : `function (require, module, exports, process) {\n${preload}\n}`;
  return `(${preloadWorld.toString()})(${JSON.stringify(config)}, ${makeCodec.toString()}, ${makePeer.toString()}, ${wrapped});`;
}
