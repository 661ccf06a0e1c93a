/** Folders and queries: arrows, first letters, F2, Delete, Enter, the menu; drag a line to move it. */
import { type DragEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { SavedQuery } from '../../shared/ipc-queries.ts';
import type { FolderPath } from '../../shared/queries.ts';
import { ContextMenu } from '../commands/index.ts';
import { ROW, useRows } from '../side/index.ts';
import { Icon } from '../ui/icons.tsx';
import { RenameField } from './RenameField.tsx';
import { folderAt, type Line, type Move, mayMove, press, typed } from './tree.ts';

export interface TreeActions {
  open(query: SavedQuery, run: boolean): void;
  rename(line: Line, name: string): void;
  remove(line: Line): void;
  move(line: Line, into: FolderPath): void;
  /** What the menu of a line offers; `rename` begins that in its place. */
  choices(line: Line, rename: () => void): Parameters<typeof ContextMenu>[0]['groups'];
}

/** Letters that follow each other within this are one beginning. */
const TOGETHER_MS = 700;

export function QueryTree(props: {
  readonly lines: readonly Line[];
  /** Key of the chosen line. */
  readonly current: string | null;
  readonly onCurrent: (key: string) => void;
  readonly onToggle: (key: string) => void;
  readonly actions: TreeActions;
}) {
  const { lines, current, actions } = props;
  const box = useRef<HTMLDivElement>(null);
  const rows = useRows(box, lines.length);
  const id = useId();
  const [renaming, setRenaming] = useState<string | null>(null);
  const [menu, setMenu] = useState<{ at: { x: number; y: number }; line: Line } | null>(null);
  const [dragged, setDragged] = useState<Line | null>(null);
  /** Key of the line that would take what is dragged; empty: the top. */
  const [over, setOver] = useState<string | null>(null);
  const letters = useRef({ text: '', at: 0 });
  const index = Math.max(
    0,
    lines.findIndex(({ key }) => key === current),
  );
  // A new or moved line may be anywhere.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the choice is what this waits for
  useEffect(() => rows.show(index), [current, lines]);

  const focus = () => box.current?.focus();
  const go = (to: number) => {
    const line = lines[to];
    if (line !== undefined) props.onCurrent(line.key);
  };
  const openMenu = (line: Line, at?: { x: number; y: number }) => {
    props.onCurrent(line.key);
    const there = box.current?.querySelector(`[id="${id}-${lines.indexOf(line)}"]`)?.getBoundingClientRect();
    setMenu({ at: at ?? { x: (there?.left ?? 0) + 32, y: there?.bottom ?? 0 }, line });
  };
  const perform = (move: Move) => {
    if ('to' in move) go(move.to);
    else if ('toggle' in move) props.onToggle(move.toggle);
    else if ('open' in move) actions.open(move.open, move.run);
    else if ('rename' in move) setRenaming(move.rename.key);
    else if ('remove' in move) actions.remove(move.remove);
    else openMenu(move.menu);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.target !== event.currentTarget) return;
    const move = press(lines, index, event, rows.page);
    if (move !== null) perform(move);
    else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey) {
      const now = performance.now();
      const before = now - letters.current.at < TOGETHER_MS ? letters.current.text : '';
      letters.current = { text: before + event.key, at: now };
      go(typed(lines, index, letters.current.text));
    } else return;
    event.preventDefault();
  };
  const takes = (into: FolderPath) => dragged !== null && mayMove(dragged, into);
  const onDragOver = (event: DragEvent, line: Line | null) => {
    const into = line === null ? [] : folderAt(line);
    event.stopPropagation();
    setOver(takes(into) ? (line?.key ?? '') : null);
    if (takes(into)) event.preventDefault();
  };
  const onDrop = (event: DragEvent, line: Line | null) => {
    event.preventDefault();
    event.stopPropagation();
    const into = line === null ? [] : folderAt(line);
    if (dragged !== null && takes(into)) actions.move(dragged, into);
    setDragged(null);
    setOver(null);
  };

  return (
    <>
      <div
        ref={box}
        className="tree query-tree"
        role="tree"
        aria-label="Saved queries. Enter opens one in a tab, Shift+Enter runs it there"
        tabIndex={0}
        data-over={over === '' ? 'yes' : undefined}
        aria-activedescendant={lines.length === 0 ? undefined : `${id}-${index}`}
        onKeyDown={onKeyDown}
        onDragOver={(event) => onDragOver(event, null)}
        onDrop={(event) => onDrop(event, null)}
      >
        <div className="tree-space" role="presentation" style={{ height: lines.length * ROW }}>
          {lines.slice(rows.first, rows.last).map((line, i) => {
            const at = rows.first + i;
            return (
              // biome-ignore lint/a11y/useFocusableInteractive: focus stays on the tree, which names the active line
              // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys
              <div
                key={line.key}
                id={`${id}-${at}`}
                role="treeitem"
                className={`tree-line ${at === index && current !== null ? 'on' : ''}`}
                style={{ top: at * ROW, paddingLeft: 8 + (line.level - 1) * 12 }}
                title={line.kind === 'query' && line.query.description !== '' ? line.query.description : line.name}
                aria-level={line.level}
                aria-selected={at === index}
                aria-expanded={line.kind === 'folder' ? line.open : undefined}
                data-over={over === line.key ? 'yes' : undefined}
                draggable={renaming === null}
                onDragStart={(event) => {
                  event.dataTransfer.effectAllowed = 'move';
                  setDragged(line);
                }}
                onDragEnd={() => {
                  setDragged(null);
                  setOver(null);
                }}
                onDragOver={(event) => onDragOver(event, line)}
                onDrop={(event) => onDrop(event, line)}
                onClick={() => props.onCurrent(line.key)}
                onDoubleClick={() =>
                  line.kind === 'query' ? actions.open(line.query, false) : props.onToggle(line.key)
                }
                onContextMenu={(event) => {
                  event.preventDefault();
                  focus();
                  openMenu(line, { x: event.clientX, y: event.clientY });
                }}
              >
                {line.kind === 'folder' ? (
                  // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse; the keyboard has the arrow keys
                  // biome-ignore lint/a11y/useKeyWithClickEvents: as above
                  <span
                    className={`twist ${line.open ? 'open' : ''}`}
                    onClick={() => props.onToggle(line.key)}
                    onDoubleClick={(event) => event.stopPropagation()}
                  >
                    <Icon name="chevronRight" size={12} />
                  </span>
                ) : (
                  <span className="twist" />
                )}
                <Icon name={line.kind === 'folder' ? 'folder' : 'query'} size={12} />
                {renaming === line.key ? (
                  <RenameField
                    name={line.name}
                    what={line.kind === 'folder' ? 'the folder' : 'the query'}
                    onDone={(name) => {
                      setRenaming(null);
                      focus();
                      if (name !== null) actions.rename(line, name);
                    }}
                  />
                ) : (
                  <bdi className="clip">{line.name}</bdi>
                )}
                {line.kind === 'folder' && <span className="t num">{line.count}</span>}
                {line.kind === 'query' && line.query.target !== null && (
                  <span className="t clip">{line.query.target}</span>
                )}
              </div>
            );
          })}
        </div>
      </div>
      {menu !== null && (
        <ContextMenu
          label={`What to do with ${menu.line.name}`}
          {...menu.at}
          groups={actions.choices(menu.line, () => setRenaming(menu.line.key))}
          onClose={(back) => {
            setMenu(null);
            if (back) focus();
          }}
        />
      )}
    </>
  );
}
