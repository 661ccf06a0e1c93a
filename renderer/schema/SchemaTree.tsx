/** The schema with what this grant allows. Only the lines in view are drawn, so 5,000 tables cost what 30 do. */
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { SchemaTable } from '../../shared/ipc.ts';
import { Icon } from '../ui/icons.tsx';
import { short } from '../words/format.ts';
import { allowance, inserted, level, type Node, press, visible } from './tree.ts';

const ROW = 24;

export function SchemaTree(props: {
  readonly tables: readonly SchemaTable[];
  readonly search: string;
  readonly onInsert: (text: string) => void;
}) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [current, setCurrent] = useState<string | null>(null);
  const [scroll, setScroll] = useState({ top: 0, height: 400 });
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const nodes = useMemo(() => visible(props.tables, toggled, props.search), [props.tables, toggled, props.search]);
  const index = Math.max(
    0,
    nodes.findIndex((node) => node.key === current),
  );
  const first = Math.max(0, Math.floor(scroll.top / ROW) - 6);
  const last = Math.min(nodes.length, Math.ceil((scroll.top + scroll.height) / ROW) + 6);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const read = () => setScroll({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(read);
    observer.observe(element);
    element.addEventListener('scroll', read, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', read);
    };
  }, []);
  // A search starts at its first match.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the search changes, whatever its text
  useEffect(() => setCurrent(null), [props.search]);

  const toggle = (key: string) => {
    const next = new Set(toggled);
    if (!next.delete(key)) next.add(key);
    setToggled(next);
  };
  const go = (to: number) => {
    const node = nodes[to];
    const element = box.current;
    if (node === undefined || element === null) return;
    setCurrent(node.key);
    const top = to * ROW;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW > element.scrollTop + element.clientHeight) element.scrollTop = top + ROW - element.clientHeight;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(scroll.height / ROW) - 1);
    const move = press(nodes, index, event.key, page);
    if (move === null) return;
    event.preventDefault();
    if ('to' in move) go(move.to);
    else if ('toggle' in move) {
      setCurrent(move.toggle);
      toggle(move.toggle);
    } else props.onInsert(move.insert);
  };

  return (
    <div
      ref={box}
      className="tree"
      role="tree"
      aria-label="Schema. Enter inserts a name into the editor"
      tabIndex={0}
      aria-activedescendant={nodes.length === 0 ? undefined : `${id}-${index}`}
      onKeyDown={onKeyDown}
    >
      <div className="tree-space" role="presentation" style={{ height: nodes.length * ROW }}>
        {nodes.slice(first, last).map((node, i) => {
          const at = first + i;
          const insert = inserted(node);
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: focus stays on the tree, which names the active line
            // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys
            <div
              key={node.key}
              id={`${id}-${at}`}
              role="treeitem"
              className={`tree-line ${node.kind} ${at === index && current !== null ? 'on' : ''}`}
              style={{ top: at * ROW, paddingLeft: 10 + (level(node) - 1) * 14 }}
              aria-level={level(node)}
              aria-selected={at === index}
              aria-expanded={node.kind === 'column' ? undefined : node.open}
              onClick={() => setCurrent(node.key)}
              onDoubleClick={() => (insert === null ? toggle(node.key) : props.onInsert(insert))}
            >
              {node.kind === 'column' ? (
                <span className="twist" />
              ) : (
                // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse; the keyboard has the arrow keys
                // biome-ignore lint/a11y/useKeyWithClickEvents: as above
                <span className={`twist ${node.open ? 'open' : ''}`} onClick={() => toggle(node.key)}>
                  <Icon name="chevronRight" size={12} />
                </span>
              )}
              <Line node={node} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Line({ node }: { readonly node: Node }) {
  if (node.kind === 'schema') return <span className="clip">{node.name}</span>;
  if (node.kind === 'column') {
    const { column } = node;
    const target = column.references?.split('.').at(-2);
    return (
      <>
        <span className={column.allowed ? 'clip' : 'clip no'}>{column.name}</span>
        <span className="t mono" title={column.references === null ? undefined : `references ${column.references}`}>
          {column.allowed ? column.type : 'not in this grant'}
          {column.allowed && column.pk && ' · pk'}
          {column.allowed && target !== undefined && ` → ${target}`}
        </span>
      </>
    );
  }
  const { table } = node;
  const words = allowance(table);
  const none = table.select === 'none' && !table.writes;
  return (
    <>
      <span className={none ? 'clip no' : 'clip'}>{table.name}</span>
      {table.kind === 'view' && <span className="faint small">view</span>}
      {!none && words !== null && <span className="chip tiny">{words}</span>}
      {table.writes && <span className="chip write tiny">write</span>}
      <span className="t num">{none ? words : table.rows === null ? '' : short(table.rows)}</span>
    </>
  );
}
