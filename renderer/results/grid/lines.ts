/**
 * A row's elements, made once and refilled while scrolling: only what differs is written to the DOM, and only as text. The
 * frozen cells come first and stick to the left; the others stand where their column does.
 */
import type { Column } from '../../../shared/ipc.ts';
import type { Geometry } from './geometry.ts';
import { type Box, bounds, type Selection } from './selection.ts';
import { drawn, holds } from './text.ts';
import type { Cells } from './window.ts';

/** A cell with what it shows. */
interface CellSlot {
  readonly element: HTMLElement;
  readonly text: Text;
  readonly base: string;
  /** Where it stands on the screen, and its column in the result. */
  readonly place: number;
  readonly column: number;
  state: string;
  selected: boolean;
}

/** What a row looks like besides its values. */
export interface Marks {
  readonly selection: Selection | null;
  /** Text that is searched for, in lower case; empty for none. */
  readonly needle: string;
  /** What stands for NULL. */
  readonly nullSign: string;
  readonly cellId: (row: number, place: number) => string;
}

export class Line {
  readonly element: HTMLElement;
  readonly #number: HTMLElement;
  readonly #numberText: Text;
  readonly #cells: readonly CellSlot[];
  #values: Cells | undefined;
  #waiting = false;
  #numberSelected = false;
  /** Row it shows now, or -1. */
  row = -1;

  constructor(columns: readonly Column[], geometry: Geometry, places: readonly number[]) {
    this.element = elementOf('div', 'grid-row', 'row');
    this.#number = elementOf('div', 'grid-number', 'rowheader');
    this.#numberText = document.createTextNode('');
    this.#number.append(this.#numberText);
    this.#cells = places.map((place) => {
      const column = geometry.columns[place] ?? 0;
      const frozen = place < geometry.frozen;
      const base = `grid-cell${columns[column]?.align === 'right' ? ' right' : ''}${frozen ? ' frozen' : ''}`;
      const element = elementOf('div', base, 'gridcell');
      element.setAttribute('aria-colindex', String(place + 2));
      placeElement(element, geometry, place);
      const text = document.createTextNode('');
      element.append(text);
      return { element, text, base, place, column, state: base, selected: false };
    });
    this.element.append(this.#number, ...this.#cells.map((cell) => cell.element));
  }

  /** `values` is undefined while they have not arrived; `number` is the row's own, from 0. */
  fill(row: number, number: number | undefined, values: Cells | undefined, marks: Marks): void {
    this.row = row;
    this.#values = values;
    this.element.setAttribute('aria-rowindex', String(row + 2));
    this.#numberText.data = number === undefined ? '' : String(number + 1);
    const waiting = values === undefined;
    if (this.#waiting !== waiting) {
      this.#waiting = waiting;
      this.element.classList.toggle('waiting', waiting);
    }
    for (const cell of this.#cells) {
      const value = values?.[cell.column];
      cell.text.data = value === undefined ? '' : value === null ? marks.nullSign : drawn(value);
    }
    this.mark(marks);
  }

  /** Colours: NULL, empty, found, selected, the ring. */
  mark({ selection, needle, cellId }: Marks): void {
    const box = selection === null ? null : bounds(selection);
    const focus = selection?.focus;
    const inRows = box !== null && this.row >= box.top && this.row <= box.bottom;
    if (this.#numberSelected !== inRows) {
      this.#numberSelected = inRows;
      this.#number.classList.toggle('sel', inRows);
    }
    for (const cell of this.#cells) {
      const selected = inRows && inColumns(box, cell.place);
      const ringed = focus?.row === this.row && focus.column === cell.place;
      const state =
        cell.base + this.#valueState(cell.column, needle) + (selected ? ' sel' : '') + (ringed ? ' focus' : '');
      if (cell.state !== state) {
        cell.state = state;
        cell.element.className = state;
      }
      if (cell.selected !== selected) {
        cell.selected = selected;
        if (selected) cell.element.setAttribute('aria-selected', 'true');
        else cell.element.removeAttribute('aria-selected');
      }
      // Only the cell with the ring needs a name, for aria-activedescendant.
      if (ringed) cell.element.id = cellId(this.row, cell.place);
      else if (cell.element.id !== '') cell.element.removeAttribute('id');
    }
  }

  #valueState(column: number, needle: string): string {
    const value = this.#values?.[column];
    if (value === undefined) return '';
    if (value === null) return ' null';
    if (value === '') return ' empty';
    return needle !== '' && holds(value, needle) ? ' hit' : '';
  }
}

const inColumns = (box: Box | null, place: number): boolean => box !== null && place >= box.left && place <= box.right;

export function elementOf(tag: string, className: string, role?: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  if (role !== undefined) element.setAttribute('role', role);
  return element;
}

/** A frozen one sticks to the left, in the flow; the others stand at their place. */
export function placeElement(element: HTMLElement, geometry: Geometry, place: number): void {
  element.style.left = `${geometry.gutter + geometry.left(place)}px`;
  element.style.width = `${geometry.width(place)}px`;
  if (place === geometry.frozen - 1) element.classList.add('last-frozen');
}
