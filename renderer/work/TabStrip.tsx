/** The editor's tabs: click or arrow keys to switch, double click or F2 to rename, Delete or the cross to close. */
import { type KeyboardEvent, useRef, useState } from 'react';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import type { WorkspaceHandle } from './use-workspace.ts';

export function TabStrip(props: {
  readonly workspace: WorkspaceHandle;
  readonly panel: string;
  /** True: somebody is asked about more than the text, and `close` is done when they have answered. */
  readonly onClosing: (id: string, title: string, close: () => void) => boolean;
  readonly onClosed: (id: string) => void;
}) {
  const { workspace } = props;
  const { tabs, active } = workspace.tabs;
  const [renaming, setRenaming] = useState<string | null>(null);
  const [closing, setClosing] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);

  const close = (id: string) => {
    setClosing(null);
    workspace.close(id);
    props.onClosed(id);
  };
  const askToClose = (id: string) => {
    const title = tabs.find((tab) => tab.id === id)?.title ?? '';
    if (props.onClosing(id, title, () => close(id))) return;
    if (workspace.documents.isEmpty(id)) close(id);
    else setClosing(id);
  };
  const rename = (id: string, title: string) => {
    setRenaming(null);
    workspace.rename(id, title);
  };
  const onKeyDown = (event: KeyboardEvent, id: string) => {
    const index = tabs.findIndex((tab) => tab.id === id);
    const go = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: tabs.length - 1 }[event.key];
    const next = go === undefined ? undefined : tabs[(go + tabs.length) % tabs.length];
    if (next !== undefined) {
      workspace.activate(next.id);
      list.current?.querySelector<HTMLElement>(`[data-tab="${CSS.escape(next.id)}"]`)?.focus();
    } else if (event.key === 'F2') setRenaming(id);
    else if (event.key === 'Delete') askToClose(id);
    else return;
    event.preventDefault();
  };
  const doomed = tabs.find((tab) => tab.id === closing);

  return (
    <>
      <div ref={list} className="tabs" role="tablist" aria-label="Queries">
        {tabs.map((tab) =>
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
            <span key={tab.id} className={`tab ${tab.id === active ? 'on' : ''}`} role="presentation">
              <button
                type="button"
                role="tab"
                data-tab={tab.id}
                id={`tab-${tab.id}`}
                aria-selected={tab.id === active}
                aria-controls={props.panel}
                tabIndex={tab.id === active ? 0 : -1}
                title={`${tab.title} (double click to rename)`}
                onClick={() => workspace.activate(tab.id)}
                onDoubleClick={() => setRenaming(tab.id)}
                onKeyDown={(event) => onKeyDown(event, tab.id)}
              >
                {tab.title}
              </button>
              {/* For the mouse; the keyboard has Delete on the tab, because a tab may hold no other control. */}
              <span className="tab-close" aria-hidden="true" onClick={() => askToClose(tab.id)}>
                <Icon name="cross" size={11} />
              </span>
            </span>
          ),
        )}
      </div>
      <button type="button" className="tab-new" aria-label="New tab" onClick={() => workspace.open()}>
        <Icon name="add" size={13} />
      </button>
      {doomed !== undefined && (
        <Dialog
          title={`Close “${doomed.title}”?`}
          action="Close and discard"
          danger
          stay="Keep it"
          onYes={() => close(doomed.id)}
          onNo={() => setClosing(null)}
        >
          Its text is not kept anywhere else.
        </Dialog>
      )}
    </>
  );
}
