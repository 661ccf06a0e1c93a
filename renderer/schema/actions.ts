/** What can be done with a line of the tree, by menu, key or palette. Pure. */
import type { SchemaItem, Target } from '../../shared/ipc-schema.ts';
import type { Command } from '../commands/index.ts';
import { hasPage, inserted, type Node, nothingAllowed } from './tree.ts';

/** An object that has a page. */
export interface Subject extends Target {
  readonly of: 'relation' | 'function' | 'type';
}

/** What the rest of the window does for the tree and the pages. */
export interface SchemaActions {
  insert(text: string): void;
  open(subject: Subject, view?: 'diagram'): void;
  /** First rows, as a statement of the user in a new tab. */
  sample(of: Target): void;
  copyName(text: string): void;
  copyDefinition(subject: Subject): void;
}

/** A line of the menu. */
export type Choice = Pick<Command, 'title' | 'keys' | 'run'>;

export function subjectOf(node: Node): Subject | null {
  if (!hasPage(node)) return null;
  if (node.kind === 'relation') return { of: 'relation', ...pick(node.relation) };
  return node.kind === 'item' ? { of: isType(node.item.kind) ? 'type' : 'function', ...pick(node.item) } : null;
}
const types: readonly SchemaItem['kind'][] = ['enum', 'composite', 'domain', 'range'];
const isType = (kind: SchemaItem['kind']): boolean => types.includes(kind);
const pick = ({ oid, schema, name }: Target): Target => ({ oid, schema, name });

export function choices(node: Node, actions: SchemaActions): Choice[] {
  const all: Choice[] = [];
  const subject = subjectOf(node);
  const name = inserted(node);
  const holdsRows = node.kind === 'relation' && node.relation.kind !== 'sequence';
  if (subject !== null) all.push({ title: 'Open its page', keys: ['Enter'], run: () => actions.open(subject) });
  if (name !== null)
    all.push({ title: 'Insert name into the editor', keys: ['Shift+Enter'], run: () => actions.insert(name) });
  if (node.kind === 'relation' && holdsRows && !nothingAllowed(node.relation) && node.relation.readable > 0)
    all.push({ title: 'Select first 100 rows in a new tab', run: () => actions.sample(node.relation) });
  if (subject !== null && holdsRows)
    all.push({ title: 'Show its neighbourhood', run: () => actions.open(subject, 'diagram') });
  if (name !== null) all.push({ title: 'Copy name', run: () => actions.copyName(name) });
  if (subject !== null) all.push({ title: 'Copy definition (DDL)', run: () => actions.copyDefinition(subject) });
  return all;
}
