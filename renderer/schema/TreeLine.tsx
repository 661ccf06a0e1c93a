/** One line of the tree: the name, and what this grant allows with it. */

import { visibleName } from '../../shared/visible.ts';
import { short } from '../words/format.ts';
import { Name } from './Name.tsx';
import { allowance, allowanceWords, groupWords, type Node, nothingAllowed } from './tree.ts';

export function TreeLine({ node }: { readonly node: Node }) {
  switch (node.kind) {
    case 'schema':
      return <Name of={node.name} className="clip" />;
    case 'group':
      return (
        <>
          <span className="clip muted">{groupWords[node.group]}</span>
          {node.count !== null && <span className="t num">{node.count}</span>}
        </>
      );
    case 'note':
      return <span className="clip faint">{node.text}</span>;
    case 'column': {
      const { column } = node;
      const target = column.references === null ? '' : ` → ${visibleName(column.references.split('.').at(-1) ?? '')}`;
      return (
        <>
          <Name of={column.name} className={column.allowed ? 'clip' : 'clip no'} />
          <span className="t mono">
            {column.allowed ? `${visibleName(column.type)}${column.pk ? ' · pk' : ''}${target}` : 'not in this grant'}
          </span>
        </>
      );
    }
    case 'item':
      return (
        <>
          <Name of={node.item.name} className={node.item.allowed ? 'clip' : 'clip no'} />
          <span className="t mono">
            {node.item.allowed ? visibleName(node.item.detail) || node.item.kind : 'not in this grant'}
          </span>
        </>
      );
    case 'relation': {
      const { relation } = node;
      const words = allowance(relation);
      const none = nothingAllowed(relation);
      return (
        <>
          <Name of={relation.name} className={none ? 'clip no' : 'clip'} />
          {!none && words !== null && <span className="chip tiny">{words}</span>}
          {relation.writes && <span className="chip write tiny">write</span>}
          <span className="t num">{none ? words : relation.rows === null ? '' : short(relation.rows)}</span>
        </>
      );
    }
  }
}

/** For the pointer that rests: the whole name, what is allowed, the comment. */
export function hintOf(node: Node): string {
  const lines = (...all: readonly (string | null | undefined)[]) =>
    all
      .filter(Boolean)
      .map((one) => visibleName(one ?? ''))
      .join('\n');
  switch (node.kind) {
    case 'schema':
      return lines(node.name, node.comment);
    case 'relation':
      return lines(node.relation.name, allowanceWords(node.relation), node.relation.comment);
    case 'column':
      return lines(
        `${node.column.name} ${node.column.type}`,
        node.column.allowed ? 'You may read it' : 'Not in this grant',
        node.column.comment,
      );
    case 'item':
      return lines(
        `${node.item.name}(${node.item.detail})`,
        node.item.allowed ? 'You may use it' : 'Not in this grant',
        node.item.comment,
      );
    default:
      return '';
  }
}
