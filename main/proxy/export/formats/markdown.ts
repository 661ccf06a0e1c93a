/** A table for a chat or an issue: GitHub's Markdown, at most a thousand rows, nothing in it that formats or links. */
import { textOf } from '../../runner/cells.ts';
import { alignOf } from '../../runner/types.ts';
import { type Columns, eachCell, type Format } from './format.ts';

const MOST = 1000;

export function markdown(columns: Columns): Format {
  const line = (cells: readonly string[]): string => `|${cells.map((cell) => ` ${cell} |`).join('')}\n`;
  return {
    most: MOST,
    head(out) {
      if (columns.length === 0) return;
      out.text(line(columns.map(({ name }) => escaped(name))));
      out.text(line(columns.map(({ type }) => (alignOf(type) === 'right' ? '---:' : '---'))));
    },
    row(out, body) {
      const cells: string[] = [];
      eachCell(body, (_index, from, to) => {
        cells.push(from < 0 ? '*NULL*' : escaped(textOf(body.subarray(from, to))));
      });
      if (columns.length > 0) out.text(line(cells));
    },
    tail(out, rows, more) {
      if (columns.length === 0) out.text(`${rows} rows without columns\n`);
      if (more) out.text(`\nOnly the first ${rows} rows; there are more.\n`);
    },
  };
}

const breaks = /\r\n|\r|\n/g;
/** What would be read as formatting, a link, a picture or HTML stands as the character that it is. */
const escaped = (text: string): string => text.replace(/[\\`*_[\]<>&|~]/g, '\\$&').replace(breaks, '<br>');
