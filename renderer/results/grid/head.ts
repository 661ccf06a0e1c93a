/** The grid's header: names, types, how the rows are sorted and filtered, a grip for the width and a way to the menu. */
import type { Column, Filter, SortKey } from '../../../shared/ipc.ts';
import { type IconName, iconElement } from '../../ui/icons.tsx';
import type { Geometry } from './geometry.ts';
import { elementOf, placeElement } from './lines.ts';
import { drawn } from './text.ts';
import { nameOf } from './words.ts';

export interface Arranged {
  readonly sort: readonly SortKey[];
  readonly filters: readonly Filter[];
}

export function headCells(
  columns: readonly Column[],
  geometry: Geometry,
  places: readonly number[],
  arranged: Arranged,
): HTMLElement[] {
  const corner = elementOf('div', 'grid-number', 'columnheader');
  corner.append(hiddenText('Row'));
  return [corner, ...places.map((place) => headCell(columns, geometry, place, arranged))];
}

function headCell(
  columns: readonly Column[],
  geometry: Geometry,
  place: number,
  { sort, filters }: Arranged,
): HTMLElement {
  const at = geometry.columns[place] ?? 0;
  const column = columns[at];
  const align = column?.align === 'right' ? ' right' : '';
  const head = elementOf('div', `grid-th${align}${place < geometry.frozen ? ' frozen' : ''}`, 'columnheader');
  head.setAttribute('aria-colindex', String(place + 2));
  head.dataset.place = String(place);
  placeElement(head, geometry, place);
  const title = elementOf('b', '');
  title.textContent = nameOf(columns, at);
  const type = elementOf('small', '');
  type.textContent = column?.type ?? '';
  const menu = elementOf('i', 'grid-menu');
  menu.append(iconElement('chevronDown', 12));
  const signs = elementOf('span', 'grid-signs');
  const order = sort.findIndex((key) => key.column === at);
  const key = sort[order];
  if (key !== undefined) {
    // Of several only the first may be told this way; the others are told in words.
    if (order === 0) head.setAttribute('aria-sort', key.descending ? 'descending' : 'ascending');
    else signs.append(hiddenText(`, then ${key.descending ? 'descending' : 'ascending'}`));
    signs.append(sign(key.descending ? 'arrowDown' : 'arrowUp', sort.length > 1 ? String(order + 1) : ''));
  }
  if (filters.some((filter) => filter.column === at)) signs.append(hiddenText(', filtered'), sign('filter'));
  head.classList.toggle('signed', signs.childNodes.length > 0);
  head.append(title, type, signs, menu, elementOf('i', 'grid-grip'));
  head.title = `${drawn(column?.name ?? '')} · ${column?.type ?? ''}`;
  return head;
}

function hiddenText(text: string): HTMLElement {
  const element = elementOf('span', 'sr-only');
  element.textContent = text;
  return element;
}
function sign(icon: IconName, text = ''): HTMLElement {
  const element = elementOf('span', 'grid-sign');
  element.append(iconElement(icon, 11), text);
  element.setAttribute('aria-hidden', 'true');
  return element;
}
