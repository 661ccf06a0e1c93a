/** Makes every `import … from 'electron'` and `require('electron')` of this process mean the double. */
import { registerHooks } from 'node:module';

const double = new URL('./electron/index.ts', import.meta.url).href;

export function hookElectron(): void {
  registerHooks({
    resolve(specifier, context, next) {
      return specifier === 'electron' || specifier === 'electron/main' || specifier === 'electron/common'
        ? { url: double, shortCircuit: true }
        : next(specifier, context);
    },
  });
}
