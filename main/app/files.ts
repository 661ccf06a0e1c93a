/** Where a file is to go: the person says it, in a dialog of the system that belongs to our window. (I7) */
import { dirname, join } from 'node:path';
import type { SaveDialogOptions, SaveDialogReturnValue } from 'electron';

const formats: Readonly<Record<string, string>> = {
  csv: 'Comma-separated values',
  json: 'JSON',
  ndjson: 'JSON, one object a line',
  sql: 'SQL',
  md: 'Markdown',
};

/**
 * `show` is `dialog.showSaveDialog` with its window. The dialog begins in the folder that was chosen last in this run of
 * the app, at first in `firstFolder`; the folder is kept in memory only. Overwriting is the dialog's own question.
 */
export function fileAsker(
  show: (options: SaveDialogOptions) => Promise<Pick<SaveDialogReturnValue, 'canceled' | 'filePath'>>,
  firstFolder: () => string,
): (proposal: { readonly name: string; readonly extension: string }) => Promise<string | null> {
  let folder: string | null = null;
  return async ({ name, extension }) => {
    folder ??= firstFolder();
    const { canceled, filePath } = await show({
      title: 'Export',
      buttonLabel: 'Export',
      defaultPath: join(folder, name),
      filters: [
        { name: formats[extension] ?? extension, extensions: [extension] },
        { name: 'All files', extensions: ['*'] },
      ],
      properties: ['createDirectory', 'showOverwriteConfirmation'],
    });
    if (canceled || filePath === '') return null;
    folder = dirname(filePath);
    return filePath;
  };
}
