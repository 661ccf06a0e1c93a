/** JSON as a tree: opened where somebody looks, searched, copied by path or value. Arrow keys as in every tree. */
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { visibleText } from '../../../shared/visible.ts';
import { Icon } from '../../ui/icons.tsx';
import { count } from '../../words/format.ts';
import { isParent, pathOf, rootOf, stringOf } from './json.ts';
import { branchAt, type Line, linesOf, type Open, opened, START } from './json-lines.ts';

/** Characters of one value that are drawn. */
const DRAWN = 300;
/** Hits that are counted. */
const MOST_HITS = 1000;

export function JsonTree({ text, onCopyText }: { readonly text: string; readonly onCopyText: (text: string) => void }) {
  const [open, setOpen] = useState<Open>(START);
  const [at, setAt] = useState(0);
  const [needle, setNeedle] = useState('');
  const [hit, setHit] = useState(-1);
  const list = useRef<HTMLDivElement>(null);
  const root = useMemo(() => rootOf(text), [text]);
  const lines = useMemo(() => linesOf(text, root, open), [text, root, open]);
  const hits = useMemo(() => hitsIn(text, needle), [text, needle]);
  const on = Math.min(at, lines.length - 1);
  const line = lines[on];
  useEffect(() => {
    list.current?.querySelector(`[data-line="${on}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [on]);

  const go = (to: number) => setAt(Math.max(0, Math.min(lines.length - 1, to)));
  const fold = (one: Line, wide: boolean) => setOpen((now) => opened(now, one, wide));
  const find = (by: 1 | -1) => {
    if (hits.length === 0) return;
    const next = (hit + by + hits.length) % hits.length;
    const offset = hits[next] ?? 0;
    setHit(next);
    const branch = branchAt(text, root, offset, open);
    setOpen(branch.open);
    setAt(linesOf(text, root, branch.open).findIndex(({ node }) => node.start === branch.node.start));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (line === undefined) return;
    const parent = isParent(line.node);
    switch (event.key) {
      case 'ArrowDown':
        go(on + 1);
        break;
      case 'ArrowUp':
        go(on - 1);
        break;
      case 'Home':
        go(0);
        break;
      case 'End':
        go(lines.length - 1);
        break;
      case 'ArrowRight':
        if (parent && !line.open) fold(line, true);
        else go(on + 1);
        break;
      case 'ArrowLeft':
        if (line.open) fold(line, false);
        else go(lines.findLastIndex((one, n) => n < on && one.depth < line.depth));
        break;
      case 'Enter':
      case ' ':
        if (parent) fold(line, !line.open);
        break;
      case 'c':
        if (!event.ctrlKey && !event.metaKey) return;
        onCopyText(said(text, line));
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <div className="value-tools">
        <input
          type="search"
          className="input"
          aria-label="Search in the JSON"
          placeholder="Search"
          value={needle}
          onChange={(event) => {
            setNeedle(event.target.value);
            setHit(-1);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') find(event.shiftKey ? -1 : 1);
          }}
        />
        {needle !== '' && (
          <span className="faint num" role="status">
            {hits.length === 0
              ? 'not found'
              : `${hit < 0 ? '' : `${count(hit + 1)} of `}${count(hits.length)}${hits.length === MOST_HITS ? '+' : ''}`}
          </span>
        )}
        <span className="grow" />
        <button type="button" className="btn quiet" onClick={() => line && onCopyText(pathOf(line.path))}>
          Copy path
        </button>
        <button type="button" className="btn quiet" onClick={() => line && onCopyText(said(text, line))}>
          Copy part
        </button>
      </div>
      <div
        ref={list}
        className="json mono"
        role="tree"
        tabIndex={0}
        aria-label="JSON"
        aria-activedescendant={`json-${on}`}
        onKeyDown={onKeyDown}
      >
        {lines.map((one, n) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys for all of its lines
          // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and says which line is active
          <div
            key={`${one.node.start} ${one.rest ?? ''}`}
            id={`json-${n}`}
            data-line={n}
            className={n === on ? 'on' : ''}
            role="treeitem"
            aria-level={one.depth + 1}
            aria-selected={n === on}
            aria-expanded={isParent(one.node) && one.rest === null ? one.open : undefined}
            style={{ paddingLeft: 8 + one.depth * 14 }}
            onClick={() => {
              setAt(n);
              if (isParent(one.node)) fold(one, one.rest !== null || !one.open);
            }}
          >
            {one.rest !== null ? (
              <span className="json-rest">{one.rest}</span>
            ) : (
              <>
                <span className="json-fold">
                  {isParent(one.node) && <Icon name={one.open ? 'chevronDown' : 'chevronRight'} size={11} />}
                </span>
                {one.node.key !== null && <span className="json-key">{visibleText(String(one.node.key))}</span>}
                <span className={`json-${one.node.kind}`}>{summary(text, one)}</span>
              </>
            )}
          </div>
        ))}
      </div>
    </>
  );
}

function summary(text: string, { node, size }: Line): string {
  if (node.kind === 'object') return size === 0 ? '{}' : `{ ${count(size)} }`;
  if (node.kind === 'array') return size === 0 ? '[]' : `[ ${count(size)} ]`;
  const literal = text.slice(node.start, Math.min(node.end, node.start + DRAWN));
  return visibleText(node.end - node.start > DRAWN ? `${literal}…` : literal);
}

/** A string without its quotes, everything else as it is written. */
const said = (text: string, { node }: Line): string => {
  const literal = text.slice(node.start, node.end);
  return node.kind === 'string' ? stringOf(literal) : literal;
};

function hitsIn(text: string, needle: string): number[] {
  if (needle === '') return [];
  const [where, what] = [text.toLowerCase(), needle.toLowerCase()];
  const hits: number[] = [];
  for (let at = where.indexOf(what); at >= 0 && hits.length < MOST_HITS; at = where.indexOf(what, at + 1))
    hits.push(at);
  return hits;
}
