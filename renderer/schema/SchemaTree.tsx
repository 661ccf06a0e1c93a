/** The schema with what this grant allows. Only the lines in view are drawn, so 5,000 tables cost what 30 do. */
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { ContextMenu } from '../commands/index.ts';
import { ROW, useRows } from '../side/index.ts';
import { Icon } from '../ui/icons.tsx';
import { type Choice, choices, type SchemaActions, subjectOf } from './actions.ts';
import { hintOf, TreeLine } from './TreeLine.tsx';
import { level, missing, type Node, opens, press, primary, type TreeMove, visible } from './tree.ts';
import type { Catalog } from './use-catalog.ts';

export function SchemaTree(props: {
  readonly catalog: Catalog & { readonly known: NonNullable<Catalog['known']> };
  readonly search: string;
  readonly actions: SchemaActions;
}) {
  const { catalog, search, actions } = props;
  const { known, wantColumns, wantItems } = catalog;
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [current, setCurrent] = useState<string | null>(null);
  const [menu, setMenu] = useState<{ at: { x: number; y: number }; choices: readonly Choice[] } | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const nodes = useMemo(() => visible(known, toggled, search), [known, toggled, search]);
  const index = Math.max(
    0,
    nodes.findIndex((node) => node.key === current),
  );
  const rows = useRows(box, nodes.length);

  useEffect(() => {
    const wanted = missing(nodes, known);
    if (wanted.columns.length > 0) wantColumns(wanted.columns);
    if (wanted.functions) wantItems('functions');
    if (wanted.types) wantItems('types');
  }, [nodes, known, wantColumns, wantItems]);
  // A search starts at its first match.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the search changes, whatever its text
  useEffect(() => setCurrent(null), [search]);

  const go = (to: number) => {
    const node = nodes[to];
    if (node === undefined) return;
    setCurrent(node.key);
    rows.show(to);
  };
  const openMenu = (node: Node, at?: { x: number; y: number }) => {
    setCurrent(node.key);
    const offered = choices(node, actions);
    const line = box.current?.querySelector(`[id="${id}-${nodes.indexOf(node)}"]`)?.getBoundingClientRect();
    if (offered.length > 0)
      setMenu({ at: at ?? { x: (line?.left ?? 0) + 32, y: line?.bottom ?? 0 }, choices: offered });
  };
  const toggle = (key: string) => {
    setCurrent(key);
    setToggled((now) => (now.has(key) ? new Set([...now].filter((one) => one !== key)) : new Set([...now, key])));
  };
  const perform = (move: NonNullable<TreeMove>) => {
    if ('to' in move) go(move.to);
    else if ('toggle' in move) toggle(move.toggle);
    else if ('insert' in move) actions.insert(move.insert);
    else if ('menu' in move) openMenu(move.menu);
    else {
      const subject = subjectOf(move.open);
      if (subject !== null) actions.open(subject);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = press(nodes, index, event, rows.page);
    if (move === null) return;
    event.preventDefault();
    perform(move);
  };
  const doubleClicked = (node: Node) => {
    const move = primary(node);
    if (move !== null) perform(move);
  };

  return (
    <>
      {nodes.length === 0 && search.trim() !== '' && (
        <p className="side-words muted" role="status">
          Nothing has this in its name or comment.
        </p>
      )}
      <div
        ref={box}
        className="tree"
        role="tree"
        aria-label="Schema. Enter opens a page, Shift+Enter inserts a name into the editor"
        tabIndex={0}
        aria-activedescendant={nodes.length === 0 ? undefined : `${id}-${index}`}
        onKeyDown={onKeyDown}
      >
        <div className="tree-space" role="presentation" style={{ height: nodes.length * ROW }}>
          {nodes.slice(rows.first, rows.last).map((node, i) => {
            const at = rows.first + i;
            return (
              // biome-ignore lint/a11y/useFocusableInteractive: focus stays on the tree, which names the active line
              // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys
              <div
                key={node.key}
                id={`${id}-${at}`}
                role="treeitem"
                className={`tree-line ${node.kind} ${at === index && current !== null ? 'on' : ''}`}
                style={{ top: at * ROW, paddingLeft: 8 + (level(node) - 1) * 12 }}
                title={hintOf(node)}
                aria-level={level(node)}
                aria-selected={at === index}
                aria-expanded={opens(node) ? node.open : undefined}
                onClick={() => setCurrent(node.key)}
                onDoubleClick={() => doubleClicked(node)}
                onContextMenu={(event) => {
                  event.preventDefault();
                  box.current?.focus();
                  openMenu(node, { x: event.clientX, y: event.clientY });
                }}
              >
                {opens(node) ? (
                  // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse; the keyboard has the arrow keys
                  // biome-ignore lint/a11y/useKeyWithClickEvents: as above
                  <span
                    className={`twist ${node.open ? 'open' : ''}`}
                    onClick={() => toggle(node.key)}
                    onDoubleClick={(event) => event.stopPropagation()}
                  >
                    <Icon name="chevronRight" size={12} />
                  </span>
                ) : (
                  <span className="twist" />
                )}
                <TreeLine node={node} />
              </div>
            );
          })}
        </div>
      </div>
      {menu !== null && (
        <ContextMenu
          label="What to do with it"
          {...menu.at}
          groups={[{ commands: menu.choices }]}
          onClose={(back) => {
            setMenu(null);
            if (back) box.current?.focus();
          }}
        />
      )}
    </>
  );
}
