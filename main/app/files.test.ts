import { join } from 'node:path';
import type { OpenDialogOptions, SaveDialogOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { fileAsker, filesAsker } from './files.ts';

describe('the file dialog', () => {
  const asked: SaveDialogOptions[] = [];
  const answers = [
    { canceled: false, filePath: join('/elsewhere', 'my name') },
    { canceled: true, filePath: '' },
    // Some systems say that nothing was cancelled and give no path.
    { canceled: false, filePath: '' },
  ];
  const ask = fileAsker(
    async (options) => {
      asked.push(options);
      return answers[asked.length - 1] ?? { canceled: true, filePath: '' };
    },
    () => '/home/amira/Downloads',
  );

  it('proposes a name, remembers the folder, asks before it overwrites, and takes no answer for none', async () => {
    expect(await ask({ name: 'orders.csv', extension: 'csv' })).toBe(join('/elsewhere', 'my name'));
    expect(await ask({ name: 'orders.sql', extension: 'sql' })).toBeNull();
    expect(await ask({ name: 'orders.md', extension: 'md' })).toBeNull();
    expect(asked.map(({ defaultPath }) => defaultPath)).toEqual([
      join('/home/amira/Downloads', 'orders.csv'),
      join('/elsewhere', 'orders.sql'),
      join('/elsewhere', 'orders.md'),
    ]);
    expect(asked[0]?.properties).toContain('showOverwriteConfirmation');
    expect(asked[0]?.filters?.[0]).toEqual({ name: 'Comma-separated values', extensions: ['csv'] });
  });
});

describe('the dialog for files to read', () => {
  it('begins where the last one ended, and takes nothing chosen for none', async () => {
    const asked: OpenDialogOptions[] = [];
    const answers = [[join('/elsewhere', 'a.sql'), join('/elsewhere', 'b.sql')], []];
    const ask = filesAsker(
      async (options) => {
        asked.push(options);
        return { canceled: false, filePaths: answers[asked.length - 1] ?? [] };
      },
      () => '/home/amira/Downloads',
    );
    const wish = { title: 'Import', extensions: ['json', 'sql'] };
    expect(await ask(wish)).toHaveLength(2);
    expect(await ask(wish)).toBeNull();
    expect(asked.map(({ defaultPath }) => defaultPath)).toEqual(['/home/amira/Downloads', '/elsewhere']);
    expect(asked[0]?.properties).toEqual(['openFile', 'multiSelections']);
  });
});
