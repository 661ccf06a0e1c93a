/** The DevTools protocol's types. Playwright ships them but does not export them, hence the path. */
export type { Protocol } from '../../../node_modules/playwright-core/types/protocol.d.ts';
