/**
 * The editor's tabs: click or arrow keys to switch, double click or F2 to rename, Delete or the cross to close, drag to move.
 * A closed tab can be opened again, so nobody is asked whether to close one.
 */
import { type DragEvent, type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { useCommands } from '../commands/index.ts';
import { Icon } from '../ui/icons.tsx';
import type { WorkspaceHandle } from './use-workspace.ts';

export function TabStrip(props: {
  readonly workspace: WorkspaceHandle;
  readonly panel: string;
  /** A page is shown in place of the tab. */
  readonly away: boolean;
  /** True: somebody is asked about more than the text, and `close` is done when they have answered. */
  readonly onClosing: (id: string, title: string, close: () => void) => boolean;
  readonly onClosed: (id: string) => void;
  /** What is to be known of a tab's text, in a few words; null for nothing. */
  readonly mark: (id: string) => string | null;
  /** Tabs of another kind, behind these. */
  readonly more: (onMove: (event: KeyboardEvent) => void) => ReactNode;
}) {
  const { workspace } = props;
  const { tabs, active } = workspace.tabs;
  const markOf = (id: string) => {
    const words = props.mark(id);
    return (
      words !== null && (
        <>
          <span className="tab-mark" aria-hidden="true">
            ●
          </span>
          <span className="sr-only">{words}: </span>
        </>
      )
    );
  };
  const [renaming, setRenaming] = useState<string | null>(null);
  const [dragged, setDragged] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);

  const close = (id: string) => {
    workspace.close(id);
    props.onClosed(id);
  };
  const askToClose = (id: string) => {
    const title = tabs.find((tab) => tab.id === id)?.title ?? '';
    if (!props.onClosing(id, title, () => close(id))) close(id);
  };
  const rename = (id: string, title: string) => {
    setRenaming(null);
    workspace.rename(id, title);
  };
  /** Among all tabs, of whatever kind. */
  const move = (event: KeyboardEvent) => {
    const all = [...(list.current?.querySelectorAll<HTMLElement>('[role=tab]') ?? [])];
    const index = all.findIndex((tab) => tab.id === event.currentTarget.id);
    const go = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: all.length - 1 }[event.key];
    const next = go === undefined ? undefined : all[(go + all.length) % all.length];
    if (next === undefined) return;
    event.preventDefault();
    next.click();
    next.focus();
  };
  const onKeyDown = (event: KeyboardEvent, id: string) => {
    if (event.key === 'F2') setRenaming(id);
    else if (event.key === 'Delete') askToClose(id);
    else return move(event);
    event.preventDefault();
  };
  const at = tabs.findIndex((tab) => tab.id === active);
  const onDragOver = (event: DragEvent<HTMLElement>, over: number) => {
    if (dragged === null) return;
    event.preventDefault();
    if (tabs[over]?.id !== dragged) workspace.move(dragged, over);
  };
  useCommands(() => [
    { id: 'tabs.new', title: 'New tab', group: 'Tabs', keys: ['Mod+Alt+N'], run: () => workspace.open() },
    {
      id: 'tabs.close',
      title: 'Close the tab',
      group: 'Tabs',
      keys: ['Mod+F4'],
      unavailable: props.away ? 'a page is shown' : null,
      run: () => askToClose(active),
    },
    {
      id: 'tabs.closeOthers',
      title: 'Close the other tabs',
      group: 'Tabs',
      unavailable: tabs.length === 1 ? 'there is no other' : null,
      run: () => {
        for (const { id } of tabs) if (id !== active) askToClose(id);
      },
    },
    {
      id: 'tabs.reopen',
      title: 'Open the closed tab again',
      group: 'Tabs',
      keys: ['Mod+Shift+T'],
      unavailable: workspace.tabs.closed.length === 0 ? 'none was closed' : null,
      run: () => workspace.reopen(),
    },
    { id: 'tabs.next', title: 'Next tab', group: 'Tabs', keys: ['Mod+PageDown'], run: () => workspace.step(1) },
    { id: 'tabs.previous', title: 'Tab before', group: 'Tabs', keys: ['Mod+PageUp'], run: () => workspace.step(-1) },
    {
      id: 'tabs.right',
      title: 'Move the tab to the right',
      group: 'Tabs',
      keys: ['Mod+Shift+PageDown'],
      unavailable: at === tabs.length - 1 ? 'it is the last' : null,
      run: () => workspace.move(active, at + 1),
    },
    {
      id: 'tabs.left',
      title: 'Move the tab to the left',
      group: 'Tabs',
      keys: ['Mod+Shift+PageUp'],
      unavailable: at === 0 ? 'it is the first' : null,
      run: () => workspace.move(active, at - 1),
    },
    { id: 'tabs.rename', title: 'Rename the tab', group: 'Tabs', run: () => setRenaming(active) },
  ]);

  return (
    <>
      <div ref={list} className="tabs" role="tablist" aria-label="Queries">
        {tabs.map((tab, n) =>
          renaming === tab.id ? (
            <span key={tab.id} className="tab on" role="presentation">
              <input
                className="rename"
                aria-label="Name of the tab"
                defaultValue={tab.title}
                maxLength={200}
                // biome-ignore lint/a11y/noAutofocus: the person has just asked to type here
                autoFocus
                onFocus={(event) => event.target.select()}
                onBlur={(event) => rename(tab.id, event.target.value)}
                onKeyDown={(event) => {
                  if (event.key === 'Enter') rename(tab.id, event.currentTarget.value);
                  if (event.key === 'Escape') setRenaming(null);
                  event.stopPropagation();
                }}
              />
            </span>
          ) : (
            // biome-ignore lint/a11y/noStaticElementInteractions: dragging is for the mouse; the keys are commands
            <span
              key={tab.id}
              className={`tab ${tab.id === active ? 'on' : ''}`}
              role="presentation"
              draggable
              data-dragged={tab.id === dragged ? 'yes' : undefined}
              onDragStart={(event) => {
                event.dataTransfer.effectAllowed = 'move';
                setDragged(tab.id);
              }}
              onDragOver={(event) => onDragOver(event, n)}
              onDragEnd={() => setDragged(null)}
            >
              <button
                type="button"
                role="tab"
                id={`tab-${tab.id}`}
                aria-selected={tab.id === active}
                aria-controls={props.panel}
                tabIndex={tab.id === active ? 0 : -1}
                title={[tab.title, props.mark(tab.id), '(double click to rename)'].filter(Boolean).join(' ')}
                onClick={() => workspace.activate(tab.id)}
                onDoubleClick={() => setRenaming(tab.id)}
                onKeyDown={(event) => onKeyDown(event, tab.id)}
              >
                {markOf(tab.id)}
                {tab.title}
              </button>
              {/* For the mouse; the keyboard has Delete on the tab, because a tab may hold no other control. */}
              <span className="tab-close" aria-hidden="true" onClick={() => askToClose(tab.id)}>
                <Icon name="cross" size={11} />
              </span>
            </span>
          ),
        )}
        {props.more(move)}
      </div>
      <button type="button" className="tab-new" aria-label="New tab" onClick={() => workspace.open()}>
        <Icon name="add" size={13} />
      </button>
    </>
  );
}
