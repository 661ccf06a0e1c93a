import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const require = createRequire(import.meta.url);
/** electron-builder's own check of its configuration; it needs no binary. */
const { validateConfiguration } = require('app-builder-lib/out/util/config/config');
const { DebugLogger } = require('builder-util');

const configuration = (): Record<string, unknown> => parse(readFileSync('electron-builder.yml', 'utf8'));

describe('electron-builder.yml', () => {
  it('is valid against electron-builder’s schema', async () => {
    await expect(validateConfiguration(configuration(), new DebugLogger(false))).resolves.not.toThrow();
  });

  it('is really checked: an unknown key is refused', async () => {
    await expect(validateConfiguration({ ...configuration(), asarr: true }, new DebugLogger(false))).rejects.toThrow(
      /asarr/,
    );
  });

  it('ships bundles only and turns every dangerous fuse off (I7)', () => {
    expect(configuration()).toMatchObject({
      files: expect.arrayContaining(['out/main/**', 'out/preload/**', 'out/renderer/**', '!node_modules']),
      electronFuses: {
        runAsNode: false,
        enableCookieEncryption: true,
        enableNodeOptionsEnvironmentVariable: false,
        enableNodeCliInspectArguments: false,
        enableEmbeddedAsarIntegrityValidation: true,
        onlyLoadAppFromAsar: true,
        loadBrowserProcessSpecificV8Snapshot: false,
        grantFileProtocolExtraPrivileges: false,
      },
    });
  });
});
