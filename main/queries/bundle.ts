/** Several queries and their folders as one `.json`, described in docs/client.md. Nothing else is in it: no key, no grant, no row. Pure. */
import { z } from 'zod';
import { timestamp } from '../../shared/grants.ts';
import { queryDetails, queryParameter } from '../../shared/ipc-queries.ts';
import type { FolderPath } from '../../shared/queries.ts';
import type { Written } from './front.ts';

const FORMAT = 'vitrine-queries';
const VERSION = 1;

/** Only the outside: each query is judged by itself, so that one that is wrong can be named. */
const outside = z.object({
  format: z.literal(FORMAT),
  version: z.int().min(1),
  folders: z.array(z.unknown()).default([]),
  queries: z.array(z.unknown()).default([]),
});
const inside = queryDetails.extend({
  description: z.string().default(''),
  folder: z.array(z.string()).default([]),
  target: z.string().nullable().default(null),
  parameters: z
    .array(
      queryParameter.extend({
        description: z.string().default(''),
        default: queryParameter.shape.default.default(null),
      }),
    )
    .default([]),
  text: z.string(),
  created: timestamp.nullable().default(null),
  updated: timestamp.nullable().default(null),
});

export function pack(folders: readonly FolderPath[], queries: readonly Written[], now: string): string {
  const list = queries.map(({ name, folder, description, target, parameters, text, created, updated }) => ({
    name,
    folder,
    description,
    target,
    parameters,
    text,
    created,
    updated,
  }));
  return `${JSON.stringify({ format: FORMAT, version: VERSION, exported: now, folders, queries: list }, null, 2)}\n`;
}

/** One thing that was found: a query, or why it is none with what it calls itself. */
export type Found =
  | { readonly kind: 'query'; readonly query: Written }
  | { readonly kind: 'wrong'; readonly name: string; readonly why: string };
export type Unpacked =
  | { readonly ok: true; readonly folders: readonly FolderPath[]; readonly found: readonly Found[] }
  | { readonly ok: false; readonly why: 'not_json' | 'not_ours' | 'newer' };

export function unpack(content: string): Unpacked {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return { ok: false, why: 'not_json' };
  }
  const parsed = outside.safeParse(value);
  if (!parsed.success) return { ok: false, why: 'not_ours' };
  const { version, folders, queries } = parsed.data;
  if (version > VERSION) return { ok: false, why: 'newer' };
  return {
    ok: true,
    folders: folders.flatMap((path) => {
      const read = z.array(z.string()).min(1).safeParse(path);
      return read.success ? [read.data] : [];
    }),
    found: queries.map((one) => {
      const read = inside.safeParse(one);
      if (read.success) return { kind: 'query', query: read.data };
      const [issue] = read.error.issues;
      const place = issue?.path.join('.') ?? '';
      return {
        kind: 'wrong',
        name: z.object({ name: z.string() }).safeParse(one).data?.name ?? '',
        why: place === '' ? 'It is not a query.' : `Its “${place.slice(0, 80)}” is not what it must be.`,
      };
    }),
  };
}
