/** Commands of ours on the editor's text: formatting, snippets, and what Ctrl+Enter runs. Draws the list of snippets. */
import { type RefObject, useState } from 'react';
import { useCommands } from '../commands/index.ts';
import { useSettings } from '../settings.tsx';
import { fromSelection, SnippetList, type SnippetStore } from '../snippets/index.ts';
import type { EditorHandle } from './SqlEditor.tsx';

export function EditorActions(props: {
  readonly snippets: SnippetStore;
  readonly editor: RefObject<EditorHandle | null>;
}) {
  const { snippets, editor } = props;
  const { settings, change } = useSettings();
  /** The body that a new snippet begins with; null for the list. */
  const [open, setOpen] = useState<{ readonly create: string | null } | null>(null);
  const part = (run_part: typeof settings.run_part, title: string) =>
    ({
      id: `run.part.${run_part}`,
      title,
      group: 'Run',
      unavailable: settings.run_part === run_part ? 'it does' : null,
      run: () => change({ run_part }),
    }) as const;
  useCommands(() => [
    {
      id: 'editor.format',
      title: 'Format the selection or the current statement',
      group: 'Editor',
      keys: ['Shift+Alt+F'],
      run: () => void editor.current?.format('current'),
    },
    {
      id: 'editor.formatAll',
      title: 'Format everything in this tab',
      group: 'Editor',
      run: () => void editor.current?.format('all'),
    },
    {
      id: 'snippets',
      title: 'Snippets: insert, edit, delete',
      group: 'Editor',
      keys: ['Mod+Alt+J'],
      run: () => setOpen({ create: null }),
    },
    {
      id: 'snippets.create',
      title: 'New snippet from the selection',
      group: 'Editor',
      keys: ['Mod+Shift+J'],
      run: () => setOpen({ create: fromSelection(editor.current?.selected() ?? '') }),
    },
    part('ask', 'Ask which part of a nested query to run'),
    part('whole', 'Always run the whole statement'),
  ]);
  if (open === null) return null;
  return (
    <SnippetList
      store={snippets}
      create={open.create}
      onInsert={(body) => editor.current?.insertSnippet(body)}
      onClose={() => setOpen(null)}
    />
  );
}
