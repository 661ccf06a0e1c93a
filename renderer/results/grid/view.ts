/**
 * The grid's drawing: a pool of row elements that is moved and refilled while scrolling, in one animation frame, with
 * plain DOM and text only. React stays outside: at a million rows its reconciliation is what would drop frames.
 * Columns are virtual too (1,600 of them are possible in PostgreSQL). Places are columns as they stand on the screen.
 */
import type { Column } from '../../../shared/ipc.ts';
import { Geometry } from './geometry.ts';
import { type Arranged, headCells } from './head.ts';
import type { Shown } from './layout.ts';
import { elementOf, Line, type Marks } from './lines.ts';
import type { Selection } from './selection.ts';
import { widthFor } from './text.ts';
import type { RowWindow } from './window.ts';

const HEAD = 36;
const OVERSCAN = 8;
/** Columns drawn on either side of what is visible, so that a small sideways scroll rebuilds nothing. */
const SPARE = 6;
/** Chromium stops drawing past 33 M px divided by the device's pixel ratio; beyond this height scrolling is scaled. */
const TALLEST = 12_000_000;
/** Rows that columns are fitted to. */
const SAMPLE = 60;
/** How long rows that are on their way are waited for before empty ones are drawn in their place, ms. */
const PATIENCE_MS = 150;

export interface Looks {
  /** px */
  readonly rowHeight: number;
  /** What stands for NULL. */
  readonly nullSign: string;
}

export class GridView {
  readonly #scroller: HTMLElement;
  readonly #head = elementOf('div', 'grid-head', 'row');
  readonly #body = elementOf('div', 'grid-body', 'rowgroup');
  readonly #drop = elementOf('div', 'grid-drop');
  readonly #columns: readonly Column[];
  readonly #geometry: Geometry;
  readonly #id: string;
  #rows: RowWindow | null = null;
  #count = 0;
  #lines: Line[] = [];
  #from = 0;
  #to = 0;
  #selection: Selection | null = null;
  #needle = '';
  #arranged: Arranged = { sort: [], filters: [] };
  #frame = 0;
  /** Until the first rows are on the screen only what can be seen is drawn: what lies around it would hold them up. */
  #first = true;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #patient = true;
  /** Set by the person, or remembered: then the columns are not fitted by themselves. */
  #sized: boolean;

  readonly #row: number;
  readonly #nullSign: string;

  /** `widths`: of the columns of the result as they were before; null fits them to the first rows. */
  constructor(
    scroller: HTMLElement,
    columns: readonly Column[],
    id: string,
    { widths, looks }: { readonly widths: readonly number[] | null; readonly looks: Looks },
  ) {
    this.#row = looks.rowHeight;
    this.#nullSign = looks.nullSign;
    scroller.style.setProperty('--row', `${looks.rowHeight}px`);
    this.#scroller = scroller;
    this.#columns = columns;
    this.#id = id;
    this.#sized = widths !== null;
    this.#geometry = new Geometry(widths ?? columns.map((column) => widthFor(column, [])));
    this.#head.setAttribute('aria-rowindex', '1');
    scroller.replaceChildren(this.#head, this.#body);
    this.#layout();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#patience);
  }

  get geometry(): Geometry {
    return this.#geometry;
  }
  /** Null while nobody has changed them. */
  get chosenWidths(): readonly number[] | null {
    return this.#sized ? this.#geometry.widths : null;
  }
  /** Rows that fit below the header. */
  get page(): number {
    return Math.max(1, Math.floor((this.#scroller.clientHeight - HEAD) / this.#row) - 1);
  }

  /** Other rows, or the same in another order; shown from the first one. */
  setRows(rows: RowWindow): void {
    this.#rows = rows;
    this.#scroller.scrollTop = 0;
    for (const line of this.#lines) line.row = -1;
  }
  setCount(count: number): void {
    this.#count = count;
    const gutter = Math.max(50, String(this.#rows?.highest ?? count).length * 7.5 + 22);
    if (gutter !== this.#geometry.gutter) {
      this.#geometry.gutter = gutter;
      this.#layout();
    }
    this.#tellRing();
    this.#body.style.height = `${Math.min(TALLEST, count * this.#row)}px`;
    if (this.#first) this.#rows?.want(0, Math.min(count, SAMPLE));
    this.draw();
  }
  setShown(shown: Shown): void {
    this.#geometry.show(shown, this.#space);
    this.#layout();
    this.draw();
  }
  setArranged(arranged: Arranged): void {
    this.#arranged = arranged;
    this.#drawHead();
  }
  setNeedle(needle: string): void {
    this.#needle = needle.toLowerCase();
    this.#markAll();
  }
  setSelection(selection: Selection | null): void {
    this.#selection = selection;
    this.#markAll();
    this.#tellRing();
  }
  #tellRing(): void {
    const focus = this.#count === 0 ? undefined : this.#selection?.focus;
    if (focus === undefined) this.#scroller.removeAttribute('aria-activedescendant');
    else this.#scroller.setAttribute('aria-activedescendant', this.#cellId(focus.row, focus.column));
  }

  resize(place: number, width: number): void {
    this.#sized = true;
    this.#geometry.resize(place, width, this.#space);
    this.#layout();
    this.draw();
  }
  /** As wide as the widest value on screen. */
  fitColumn(place: number): void {
    this.resize(place, this.#fitting(this.#geometry.columns[place] ?? 0, this.#onScreen()));
  }
  fitAll(): void {
    this.#sized = true;
    const sample = this.#onScreen();
    this.#geometry.setAll(
      this.#columns.map((_, column) => this.#fitting(column, sample)),
      this.#space,
    );
    this.#layout();
    this.draw();
  }

  /** Shows where a column would be put: before this place. Null: nowhere. */
  showDrop(place: number | null): void {
    if (place === null) {
      this.#drop.remove();
      return;
    }
    const { geometry } = this;
    const frozen = place < geometry.frozen;
    const left = place >= geometry.columns.length ? geometry.total - geometry.gutter : geometry.left(place);
    this.#drop.style.left = `${geometry.gutter + left + (frozen ? this.#scroller.scrollLeft : 0) - 1}px`;
    this.#head.append(this.#drop);
  }

  /** Rows arrived. */
  refresh(first: number, last: number): void {
    if (!this.#sized && first === 0) this.#fitFirst();
    for (const line of this.#lines) if (line.row >= first && line.row < last) line.row = -1;
    this.draw();
  }

  /** Scrolls as little as needed so that the cell can be seen. */
  reveal(row: number, place: number): void {
    const top = row * this.#row;
    const height = this.#scroller.clientHeight - HEAD;
    const now = this.#top();
    const wanted = top < now ? top : top + this.#row > now + height ? top + this.#row - height : now;
    if (wanted !== now) this.#scroller.scrollTop = wanted / this.#ratio();
    const left = this.#geometry.scrollTo(place, this.#scroller.scrollLeft, this.#space);
    if (left !== this.#scroller.scrollLeft) this.#scroller.scrollLeft = left;
    // Drawn now, not in the next frame: the ring must be where the key put it, however fast the keys come.
    this.#render();
  }

  /** The cell under a point of the window; column -1 is the row number. Null: outside the rows. */
  cellAt(x: number, y: number): { row: number; column: number } | null {
    const box = this.#scroller.getBoundingClientRect();
    const row = Math.floor((y - box.top - HEAD + this.#top()) / this.#row);
    if (row < 0 || row >= this.#count || y < box.top + HEAD) return null;
    const column = this.placeAt(x);
    return column === null ? null : { row, column };
  }
  placeAt(x: number): number | null {
    return this.#geometry.placeAt(x - this.#scroller.getBoundingClientRect().left, this.#scroller.scrollLeft);
  }
  /** Where the cell with the ring is in the window, or the header's corner where it is not drawn. */
  ring(): DOMRect {
    return (this.#scroller.querySelector('.grid-cell.focus') ?? this.#head).getBoundingClientRect();
  }

  /** Redraws in the next frame. */
  draw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#render();
    });
  }

  get #space(): number {
    return this.#scroller.clientWidth;
  }
  /** 1 unless the rows are taller than the browser can scroll. */
  #ratio(): number {
    const height = this.#scroller.clientHeight - HEAD;
    const real = this.#count * this.#row;
    return real <= TALLEST ? 1 : (real - height) / (TALLEST - height);
  }
  #top(): number {
    return this.#scroller.scrollTop * this.#ratio();
  }

  #onScreen(): (readonly (string | null)[])[] {
    return this.#lines.map((line) => this.#rows?.row(line.row)).filter((row) => row !== undefined);
  }
  #fitting(column: number, sample: readonly (readonly (string | null)[])[]): number {
    const definition = this.#columns[column];
    return definition === undefined
      ? 0
      : widthFor(
          definition,
          sample.map((row) => row[column]),
        );
  }
  #fitFirst(): void {
    this.#sized = true;
    const sample = Array.from({ length: SAMPLE }, (_, row) => this.#rows?.row(row)).filter((row) => row !== undefined);
    const widths = this.#columns.map((_, column) => this.#fitting(column, sample));
    const space = this.#space - this.#geometry.gutter;
    const used = widths.reduce((sum, width) => sum + width, 0);
    // A little room is shared out; a lot of it stays empty rather than tearing a narrow result apart.
    const share = used < space ? Math.min(1.75, space / used) : 1;
    this.#geometry.setAll(
      widths.map((width) => Math.floor(width * share)),
      this.#space,
    );
    this.#layout();
  }

  /** The rows and the header are rebuilt by the next render. */
  #layout(): void {
    this.#scroller.style.setProperty('--gutter', `${this.#geometry.gutter}px`);
    this.#head.style.width = this.#body.style.width = `${this.#geometry.total}px`;
    this.#from = this.#to = 0;
    this.#clear();
  }
  #clear(): void {
    this.#lines = [];
    this.#body.replaceChildren();
  }

  #render(): void {
    const height = this.#scroller.clientHeight - HEAD;
    if (height <= 0) return;
    if (this.#geometry.fit(this.#space)) this.#layout();
    if (this.#waitsForRows()) return;
    const [from, to] = this.#geometry.inView(this.#scroller.scrollLeft, this.#space);
    const spare = this.#first ? { rows: 0, columns: 0 } : { rows: OVERSCAN, columns: SPARE };
    const pool = Math.min(this.#count, Math.ceil(height / this.#row) + 2 * spare.rows + 1);
    if (from < this.#from || to > this.#to) {
      this.#from = Math.max(this.#geometry.frozen, from - spare.columns);
      this.#to = Math.min(this.#geometry.columns.length, to + spare.columns);
      this.#clear();
      this.#drawHead();
    }
    if (this.#lines.length !== pool) this.#resizePool(pool);
    const top = this.#top();
    const shift = this.#scroller.scrollTop - top;
    const first = Math.max(0, Math.floor(top / this.#row) - spare.rows);
    const last = Math.min(this.#count, first + pool);
    this.#rows?.want(first, last);
    for (let row = first; row < first + pool; row++) {
      const line = this.#lines[row % pool];
      if (line === undefined) continue;
      const shown = row < last;
      line.element.style.display = shown ? '' : 'none';
      if (!shown) line.row = -1;
      else {
        line.element.style.transform = `translateY(${row * this.#row + shift}px)`;
        if (line.row !== row) line.fill(row, this.#rows?.number(row), this.#rows?.row(row), this.#marks());
      }
    }
    if (this.#first && pool > 0) this.#widenSoon();
  }

  /** True while nothing is drawn and the first rows are about to come: what is drawn is fitted to them, and drawn once. */
  #waitsForRows(): boolean {
    const due = this.#first && this.#lines.length === 0 && this.#count > 0 && this.#rows?.row(0) === undefined;
    if (due && this.#patient)
      this.#patience ??= setTimeout(() => {
        this.#patient = false;
        this.draw();
      }, PATIENCE_MS);
    return due && this.#patient;
  }
  /** The first rows are painted: from now on there is also what a little scrolling brings into view. */
  #widenSoon(): void {
    this.#first = false;
    clearTimeout(this.#patience);
    requestAnimationFrame(() => setTimeout(() => this.draw()));
  }

  /** Rows that are drawn keep their elements. */
  #resizePool(pool: number): void {
    const places = this.#places();
    const kept = new Map<number, Line>();
    for (const line of this.#lines) {
      const slot = line.row % pool;
      if (line.row >= 0 && pool > 0 && !kept.has(slot)) kept.set(slot, line);
      else line.element.remove();
    }
    this.#lines = Array.from(
      { length: pool },
      (_, slot) => kept.get(slot) ?? new Line(this.#columns, this.#geometry, places),
    );
    this.#body.append(...this.#lines.filter((_, slot) => !kept.has(slot)).map((line) => line.element));
  }
  #drawHead(): void {
    this.#head.replaceChildren(...headCells(this.#columns, this.#geometry, this.#places(), this.#arranged));
  }
  /** The frozen ones, and those that are scrolled and in view. */
  #places(): number[] {
    const { frozen } = this.#geometry;
    return Array.from({ length: frozen + this.#to - this.#from }, (_, n) => (n < frozen ? n : this.#from + n - frozen));
  }
  #markAll(): void {
    const marks = this.#marks();
    for (const line of this.#lines) line.mark(marks);
  }
  #marks(): Marks {
    return {
      selection: this.#selection,
      needle: this.#needle,
      nullSign: this.#nullSign,
      cellId: (row, place) => this.#cellId(row, place),
    };
  }
  #cellId(row: number, place: number): string {
    return `${this.#id}-${row}-${place}`;
  }
}
