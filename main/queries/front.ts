/**
 * A text with its details in a comment above it. It is what lies on the disk and what a `.sql` holds that is exported, so
 * any editor and psql can read it, and one damaged file costs one query. Pure.
 *
 *   -- Vitrine saved query, format 1
 *   -- name: Stuck orders
 *   -- folder: Incidents/Payments
 *   -- description: Orders that never left processing.
 *   --   A second line of it.
 *   -- parameter :worker: Whose orders
 *   -- default :worker text: worker-7c9f
 *   --
 *   select …
 */
import { z } from 'zod';
import { timestamp } from '../../shared/grants.ts';
import { type QueryDetails, queryParameter } from '../../shared/ipc-queries.ts';
import type { FolderPath } from '../../shared/queries.ts';

/** Details and text, as they are kept. */
export interface Written extends Omit<QueryDetails, 'folder'> {
  readonly folder: FolderPath;
  readonly text: string;
  /** Null where the file does not say. */
  readonly created: string | null;
  readonly updated: string | null;
}

const FIRST = /^-- Vitrine saved query, format (\d{1,6})$/;
const FORMAT = 1;
const FIELD = /^-- ([a-z]+)(?: ([:$][\p{L}\p{N}_$]+))?(?: (text|number|null|expression))?:(?: (.*))?$/u;
const MORE = '--   ';
const END = '--';

export function write(query: Written): string {
  const lines = [`-- Vitrine saved query, format ${FORMAT}`];
  const field = (head: string, value: string) => {
    const [first = '', ...more] = value.split('\n');
    lines.push(`-- ${head}: ${first}`.trimEnd(), ...more.map((line) => `${MORE}${line}`));
  };
  field('name', query.name);
  if (query.folder.length > 0) field('folder', query.folder.join('/'));
  if (query.description !== '') field('description', query.description);
  if (query.target !== null) field('target', query.target);
  for (const { name, description, default: first } of query.parameters) {
    if (description !== '' || first === null) field(`parameter ${name}`, description);
    // A value keeps the spaces at its end.
    if (first !== null) lines.push(...`-- default ${name} ${first.kind}: ${first.value}`.split('\n').map(asMore));
  }
  if (query.created !== null) field('created', query.created);
  if (query.updated !== null) field('updated', query.updated);
  return `${lines.join('\n')}\n${END}\n${query.text}`;
}
const asMore = (line: string, n: number): string => (n === 0 ? line : `${MORE}${line}`);

/**
 * `none`: there is no front of ours, so all of it is a text. `newer`: a later Vitrine wrote it. `wrong`: it begins as ours
 * and goes on otherwise; the reason is a sentence.
 */
export type Read =
  | { readonly kind: 'query'; readonly query: Written }
  | { readonly kind: 'none' }
  | { readonly kind: 'newer' }
  | { readonly kind: 'wrong'; readonly why: string };

export function read(content: string): Read {
  const lines = frontOf(content);
  const format = FIRST.exec(lines.list[0] ?? '')?.[1];
  if (format === undefined) return { kind: 'none' };
  if (Number(format) > FORMAT) return { kind: 'newer' };
  const fields: { name: string; parameter: string; kind: string; value: string }[] = [];
  for (const line of lines.list.slice(1)) {
    const last = fields.at(-1);
    const [, name, parameter = '', kind = '', value = ''] = FIELD.exec(line) ?? [];
    if (name !== undefined) fields.push({ name, parameter, kind, value });
    else if (line.startsWith(MORE) && last !== undefined) last.value += `\n${line.slice(MORE.length)}`;
    else return { kind: 'wrong', why: 'A line of the comment above it is not one of Vitrine’s.' };
  }
  const one = (name: string): string | null => fields.find((field) => field.name === name)?.value ?? null;
  const parameters = new Map<string, Record<string, unknown>>();
  for (const { name, parameter, kind, value } of fields) {
    const known = parameters.get(parameter) ?? { name: parameter, description: '', default: null };
    if (name === 'parameter') parameters.set(parameter, { ...known, description: value });
    if (name === 'default') parameters.set(parameter, { ...known, default: { kind, value } });
  }
  const parsed = z.array(queryParameter).safeParse([...parameters.values()]);
  if (!parsed.success) return { kind: 'wrong', why: 'A parameter in the comment above it is not one.' };
  return {
    kind: 'query',
    query: {
      name: one('name') ?? '',
      folder: (one('folder') ?? '').split('/').filter((name) => name !== ''),
      description: one('description') ?? '',
      target: one('target'),
      parameters: parsed.data,
      text: content.slice(lines.length),
      created: stamp(one('created')),
      updated: stamp(one('updated')),
    },
  };
}

const stamp = (value: string | null): string | null => timestamp.safeParse(value).data ?? null;

/** The comment's lines, without the one that ends it; and how much of the content it is, UTF-16. */
function frontOf(content: string): { readonly list: readonly string[]; readonly length: number } {
  const list: string[] = [];
  let at = 0;
  while (at < content.length) {
    const end = content.indexOf('\n', at);
    const next = end < 0 ? content.length : end + 1;
    const line = content.slice(at, next).replace(/\r?\n?$/, '');
    if (!line.startsWith('-- ') && line !== END) break;
    // Without this a script that is nothing but comments would be read to its end for nothing.
    if (list.length === 0 && !FIRST.test(line)) break;
    at = next;
    if (line === END) break;
    list.push(line);
  }
  return { list, length: at };
}
