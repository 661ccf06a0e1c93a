/** Where a file is to go, and which are to be read: the person says it, in a dialog of the system that belongs to our window. (I7) */
import { dirname, join } from 'node:path';
import type { OpenDialogOptions, OpenDialogReturnValue, SaveDialogOptions, SaveDialogReturnValue } from 'electron';

const formats: Readonly<Record<string, string>> = {
  csv: 'Comma-separated values',
  json: 'JSON',
  ndjson: 'JSON, one object a line',
  sql: 'SQL',
  md: 'Markdown',
  svg: 'SVG drawing',
  png: 'PNG picture',
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

/** As {@link fileAsker}, with `dialog.showOpenDialog`: one file or several that are there. */
export function filesAsker(
  show: (options: OpenDialogOptions) => Promise<Pick<OpenDialogReturnValue, 'canceled' | 'filePaths'>>,
  firstFolder: () => string,
): (wish: { readonly title: string; readonly extensions: readonly string[] }) => Promise<readonly string[] | null> {
  let folder: string | null = null;
  return async ({ title, extensions }) => {
    folder ??= firstFolder();
    const { canceled, filePaths } = await show({
      title,
      buttonLabel: 'Read',
      defaultPath: folder,
      filters: [
        { name: extensions.map((one) => `.${one}`).join(' or '), extensions: [...extensions] },
        { name: 'All files', extensions: ['*'] },
      ],
      properties: ['openFile', 'multiSelections'],
    });
    const [first] = filePaths;
    if (canceled || first === undefined) return null;
    folder = dirname(first);
    return filePaths;
  };
}
