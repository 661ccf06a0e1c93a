/** Pages of objects that are open as work tabs, beside the queries. They are not kept: oids mean one database. Pure. */
import type { SectionName } from '../../shared/ipc-schema.ts';
import type { Subject } from './actions.ts';

export type View = Exclude<SectionName, 'overview' | 'size' | 'function' | 'type'> | 'diagram';
export interface Page extends Subject {
  readonly id: string;
  /** Null: the first that there is for its kind. */
  readonly view: View | null;
}
export interface Pages {
  readonly list: readonly Page[];
  /** Null while a query is shown. */
  readonly active: string | null;
}
export const noPages: Pages = { list: [], active: null };

export const pageId = ({ of, oid }: Subject): string => `page-${of}-${oid}`;

/** Shows it, in the tab that it has already or in a new one at the end. */
export function opened(pages: Pages, subject: Subject, view: View | null): Pages {
  const id = pageId(subject);
  const there = pages.list.some((page) => page.id === id);
  const list = there
    ? pages.list.map((page) => (page.id === id && view !== null ? { ...page, view } : page))
    : [...pages.list, { ...subject, id, view }];
  return { list, active: id };
}

/** The neighbour becomes active; the last one gives way to the queries. */
export function closed({ list, active }: Pages, id: string): Pages {
  const index = list.findIndex((page) => page.id === id);
  const left = list.filter((page) => page.id !== id);
  return { list: left, active: active === id ? ((left[index] ?? left[index - 1])?.id ?? null) : active };
}

export const viewed = (pages: Pages, id: string, view: View): Pages => ({
  ...pages,
  list: pages.list.map((page) => (page.id === id ? { ...page, view } : page)),
});
