/**
 * The grid's drawing: a pool of row elements that is moved and refilled while scrolling, in one animation frame, with
 * plain DOM and text only. React stays outside: at a million rows its reconciliation is what would drop frames.
 * Columns are virtual too (1,600 of them are possible in PostgreSQL).
 */
import type { Column } from '../../../shared/ipc.ts';
import { bounds, type Selection } from './selection.ts';
import { drawn, widthFor } from './text.ts';
import type { RowWindow } from './window.ts';

export const ROW = 24;
const HEAD = 36;
const OVERSCAN = 8;
/** Columns drawn on either side of what is visible, so that a small sideways scroll rebuilds nothing. */
const SPARE = 6;
/** Chromium stops drawing past 33 M px divided by the device's pixel ratio; beyond this height scrolling is scaled. */
const TALLEST = 12_000_000;

/** A cell with what it shows, so that scrolling writes to the DOM only what differs. */
interface CellSlot {
  readonly element: HTMLElement;
  readonly text: Text;
  readonly base: string;
  state: string;
  selected: boolean;
}
interface Line {
  readonly element: HTMLElement;
  readonly number: HTMLElement;
  readonly numberText: Text;
  readonly cells: readonly CellSlot[];
  /** Whether its row has arrived. */
  waiting: boolean;
  numberSelected: boolean;
  /** Row it shows now, or -1. */
  row: number;
}

export class GridView {
  readonly #scroller: HTMLElement;
  readonly #head: HTMLElement;
  readonly #body: HTMLElement;
  readonly #rows: RowWindow;
  readonly #columns: readonly Column[];
  readonly #id: string;
  #widths: number[];
  #lefts: number[] = [];
  #gutter = 50;
  #count = 0;
  #lines: Line[] = [];
  #from = 0;
  #to = 0;
  #selection: Selection | null = null;
  #frame = 0;
  /** Set by the person: then the columns are not fitted again. */
  #sized = false;
  #fitted = false;

  constructor(scroller: HTMLElement, rows: RowWindow, columns: readonly Column[], id: string) {
    this.#scroller = scroller;
    this.#rows = rows;
    this.#columns = columns;
    this.#id = id;
    this.#head = document.createElement('div');
    this.#head.className = 'grid-head';
    this.#head.setAttribute('role', 'row');
    this.#head.setAttribute('aria-rowindex', '1');
    this.#body = document.createElement('div');
    this.#body.className = 'grid-body';
    this.#body.setAttribute('role', 'rowgroup');
    scroller.replaceChildren(this.#head, this.#body);
    this.#widths = columns.map((column) => widthFor(column, []));
    this.#layout();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
  }

  get widths(): readonly number[] {
    return this.#widths;
  }

  /** Rows that fit below the header. */
  get page(): number {
    return Math.max(1, Math.floor((this.#scroller.clientHeight - HEAD) / ROW) - 1);
  }

  setCount(count: number): void {
    this.#count = count;
    const gutter = Math.max(50, String(count).length * 7.5 + 22);
    if (gutter !== this.#gutter) {
      this.#gutter = gutter;
      this.#layout();
    }
    this.#body.style.height = `${Math.min(TALLEST, count * ROW)}px`;
    this.draw();
  }

  setSelection(selection: Selection | null): void {
    this.#selection = selection;
    for (const line of this.#lines) this.#mark(line);
    const focus = selection?.focus;
    if (focus === undefined) this.#scroller.removeAttribute('aria-activedescendant');
    else this.#scroller.setAttribute('aria-activedescendant', this.#cellId(focus.row, focus.column));
  }

  resize(column: number, width: number): void {
    this.#sized = true;
    this.#widths[column] = Math.max(40, Math.min(1200, Math.round(width)));
    this.#layout();
    this.draw();
  }

  /** As wide as the widest value on screen. */
  fitColumn(column: number): void {
    const definition = this.#columns[column];
    if (definition === undefined) return;
    this.resize(
      column,
      widthFor(
        definition,
        this.#lines.map((line) => this.#rows.row(line.row)?.[column] ?? ''),
      ),
    );
  }

  /** Rows arrived. */
  refresh(first: number, last: number): void {
    if (!this.#fitted && first === 0) this.#fitAll();
    for (const line of this.#lines) if (line.row >= first && line.row < last) line.row = -1;
    this.draw();
  }

  /** Scrolls as little as needed so that the cell can be seen. */
  reveal(row: number, column: number): void {
    const top = row * ROW;
    const height = this.#scroller.clientHeight - HEAD;
    const now = this.#top();
    const wanted = top < now ? top : top + ROW > now + height ? top + ROW - height : now;
    if (wanted !== now) this.#scroller.scrollTop = wanted / this.#ratio();
    const left = this.#lefts[column] ?? 0;
    const width = this.#widths[column] ?? 0;
    const from = this.#scroller.scrollLeft;
    const space = this.#scroller.clientWidth - this.#gutter;
    if (left < from || width > space) this.#scroller.scrollLeft = left;
    else if (left + width > from + space) this.#scroller.scrollLeft = left + width - space;
    // Drawn now, not in the next frame: the ring must be where the key put it, however fast the keys come.
    this.#render();
  }

  /** The cell under a point of the window; column -1 is the row number. Null: outside the rows. */
  cellAt(x: number, y: number): { row: number; column: number } | null {
    const box = this.#scroller.getBoundingClientRect();
    const row = Math.floor((y - box.top - HEAD + this.#top()) / ROW);
    if (row < 0 || row >= this.#count || y < box.top + HEAD) return null;
    const inside = x - box.left;
    if (inside < this.#gutter) return { row, column: -1 };
    const left = inside - this.#gutter + this.#scroller.scrollLeft;
    const column = this.#lefts.findLastIndex((start) => start <= left);
    return column < 0 ? null : { row, column };
  }

  /** Redraws in the next frame. */
  draw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#render();
    });
  }

  /** 1 unless the rows are taller than the browser can scroll. */
  #ratio(): number {
    const height = this.#scroller.clientHeight - HEAD;
    const real = this.#count * ROW;
    return real <= TALLEST ? 1 : (real - height) / (TALLEST - height);
  }
  #top(): number {
    return this.#scroller.scrollTop * this.#ratio();
  }

  #fitAll(): void {
    this.#fitted = true;
    if (this.#sized) return;
    const sample = Array.from({ length: 60 }, (_, row) => this.#rows.row(row)).filter((row) => row !== undefined);
    this.#widths = this.#columns.map((column, i) =>
      widthFor(
        column,
        sample.map((row) => row[i]),
      ),
    );
    const space = this.#scroller.clientWidth - this.#gutter;
    const used = this.#widths.reduce((sum, width) => sum + width, 0);
    // A little room is shared out; a lot of it stays empty rather than tearing a narrow result apart.
    if (used < space) this.#widths = this.#widths.map((width) => Math.floor(width * Math.min(1.75, space / used)));
    this.#layout();
  }

  /** Header, offsets and widths; the rows are rebuilt by the next render. */
  #layout(): void {
    let left = 0;
    this.#lefts = this.#widths.map((width) => {
      const mine = left;
      left += width;
      return mine;
    });
    this.#scroller.style.setProperty('--gutter', `${this.#gutter}px`);
    this.#head.style.width = this.#body.style.width = `${this.#gutter + left}px`;
    this.#lines = [];
    this.#from = this.#to = 0;
    this.#body.replaceChildren();
  }

  #visibleColumns(): [number, number] {
    const start = this.#scroller.scrollLeft;
    const end = start + this.#scroller.clientWidth - this.#gutter;
    let from = this.#lefts.findLastIndex((left) => left <= start);
    if (from < 0) from = 0;
    let to = this.#lefts.findIndex((left) => left >= end);
    if (to < 0) to = this.#columns.length;
    return [from, to];
  }

  #render(): void {
    const height = this.#scroller.clientHeight - HEAD;
    if (height <= 0) return;
    if (this.#count === 0) {
      this.#body.replaceChildren();
      this.#drawHead(0, Math.min(this.#columns.length, 60));
      return;
    }
    const top = this.#top();
    const shift = this.#scroller.scrollTop - top;
    const [from, to] = this.#visibleColumns();
    const pool = Math.ceil(height / ROW) + 2 * OVERSCAN + 1;
    if (from < this.#from || to > this.#to || this.#lines.length !== pool) {
      this.#rebuild(pool, Math.max(0, from - SPARE), Math.min(this.#columns.length, to + SPARE));
    }

    const first = Math.max(0, Math.floor(top / ROW) - OVERSCAN);
    const last = Math.min(this.#count, first + pool);
    this.#rows.want(first, last);
    for (let row = first; row < first + pool; row++) {
      const line = this.#lines[row % pool];
      if (line === undefined) continue;
      const shown = row < last;
      line.element.style.display = shown ? '' : 'none';
      if (!shown) line.row = -1;
      else {
        line.element.style.transform = `translateY(${row * ROW + shift}px)`;
        if (line.row !== row) this.#fill(line, row);
      }
    }
  }

  #rebuild(pool: number, from: number, to: number): void {
    this.#from = from;
    this.#to = to;
    this.#drawHead(from, to);
    this.#lines = Array.from({ length: pool }, () => {
      const element = document.createElement('div');
      element.className = 'grid-row';
      element.setAttribute('role', 'row');
      const number = document.createElement('div');
      number.className = 'grid-number';
      number.setAttribute('role', 'rowheader');
      const numberText = document.createTextNode('');
      number.append(numberText);
      const cells = this.#columns.slice(from, to).map((column, i): CellSlot => {
        const cell = document.createElement('div');
        const base = column.align === 'right' ? 'grid-cell right' : 'grid-cell';
        cell.className = base;
        cell.setAttribute('role', 'gridcell');
        cell.setAttribute('aria-colindex', String(from + i + 2));
        this.#place(cell, from + i);
        const text = document.createTextNode('');
        cell.append(text);
        return { element: cell, text, base, state: base, selected: false };
      });
      element.append(number, ...cells.map((cell) => cell.element));
      return { element, number, numberText, cells, row: -1, waiting: false, numberSelected: false };
    });
    this.#body.replaceChildren(...this.#lines.map((line) => line.element));
  }

  #drawHead(from: number, to: number): void {
    const corner = document.createElement('div');
    corner.className = 'grid-number';
    corner.setAttribute('role', 'columnheader');
    const name = document.createElement('span');
    name.className = 'sr-only';
    name.textContent = 'Row';
    corner.append(name);
    const heads = this.#columns.slice(from, to).map((column, i) => {
      const head = document.createElement('div');
      head.className = column.align === 'right' ? 'grid-th right' : 'grid-th';
      head.setAttribute('role', 'columnheader');
      head.setAttribute('aria-colindex', String(from + i + 2));
      head.dataset.column = String(from + i);
      this.#place(head, from + i);
      const title = document.createElement('b');
      title.textContent = column.name === '' ? '(no name)' : drawn(column.name);
      const type = document.createElement('small');
      type.textContent = column.type;
      const grip = document.createElement('i');
      grip.className = 'grid-grip';
      head.append(title, type, grip);
      head.title = `${column.name} · ${column.type}`;
      return head;
    });
    this.#head.replaceChildren(corner, ...heads);
  }

  #place(element: HTMLElement, column: number): void {
    element.style.left = `${this.#gutter + (this.#lefts[column] ?? 0)}px`;
    element.style.width = `${this.#widths[column] ?? 0}px`;
  }

  #cellId(row: number, column: number): string {
    return `${this.#id}-${row}-${column}`;
  }

  #fill(line: Line, row: number): void {
    const values = this.#rows.row(row);
    line.row = row;
    line.element.setAttribute('aria-rowindex', String(row + 2));
    line.numberText.data = String(row + 1);
    if (line.waiting !== (values === undefined)) {
      line.waiting = values === undefined;
      line.element.classList.toggle('waiting', line.waiting);
    }
    for (const [i, cell] of line.cells.entries()) {
      const value = values?.[this.#from + i];
      cell.text.data = value === undefined ? '' : value === null ? 'NULL' : drawn(value);
    }
    this.#mark(line);
  }

  /** Colours of a line: NULL, selected, the ring. */
  #mark(line: Line): void {
    const box = this.#selection === null ? null : bounds(this.#selection);
    const focus = this.#selection?.focus;
    const inRows = box !== null && line.row >= box.top && line.row <= box.bottom;
    if (line.numberSelected !== inRows) {
      line.numberSelected = inRows;
      line.number.classList.toggle('sel', inRows);
    }
    const values = this.#rows.row(line.row);
    for (const [i, cell] of line.cells.entries()) {
      const column = this.#from + i;
      const selected = inRows && column >= box.left && column <= box.right;
      const ringed = focus?.row === line.row && focus.column === column;
      const state = `${cell.base}${values?.[column] === null ? ' null' : ''}${selected ? ' sel' : ''}${ringed ? ' focus' : ''}`;
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
      if (ringed) cell.element.id = this.#cellId(line.row, column);
      else if (cell.element.id !== '') cell.element.removeAttribute('id');
    }
  }
}
