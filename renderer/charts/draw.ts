/** Points to SVG by Observable Plot. Series differ by colour and, without it, by dash, mark or place. */
import * as Plot from '@observablehq/plot';
import type { Choice } from './columns.ts';
import type { Drawing, Series } from './points.ts';
import { shortly } from './words.ts';

export interface Look {
  readonly width: number;
  readonly height: number;
  /** Of the theme, one for each series. */
  readonly colours: readonly string[];
  readonly text: string;
  readonly background: string;
  readonly font: string;
}
export interface Labels {
  readonly x: string;
  readonly y: string;
  /** What a screen reader says of it. */
  readonly title: string;
  readonly description: string;
}

const dashes = ['', '7 4', '2 3', '10 4 2 4', '1 5', '14 4', '5 2 1 2 1 2', '4 8'];
const symbols = ['circle', 'square', 'triangle', 'cross', 'diamond2', 'star', 'wye', 'asterisk'] as const;
const LEGEND = 26;
const SVG = 'http://www.w3.org/2000/svg';

export function draw(drawing: Drawing, choice: Choice, labels: Labels, look: Look): SVGSVGElement {
  const { series } = drawing;
  const legend = series.length > 1;
  const figure = Plot.plot({
    width: look.width,
    height: look.height,
    marginTop: (legend ? LEGEND : 0) + 24,
    marginLeft: 64,
    marginRight: 24,
    marginBottom: slanted(drawing, choice, legend) ? 92 : 46,
    ariaLabel: labels.title,
    ariaDescription: labels.description,
    style: {
      background: look.background,
      color: look.text,
      fontFamily: look.font,
      fontSize: '12px',
      overflow: 'hidden',
    },
    x: { label: choice.kind === 'bar' && legend ? null : labels.x, ...xScale(drawing, choice, legend, look.width) },
    ...(choice.kind === 'bar' && legend ? { fx: { label: labels.x, tickFormat: shortly } } : {}),
    y: { label: labels.y, grid: true, nice: true, zero: choice.kind === 'bar' },
    marks: [
      ...marksOf(series, choice, look),
      ...(choice.kind === 'scatter' ? [] : [Plot.ruleY([0], { strokeOpacity: 0.4 })]),
    ],
  });
  const svg = figure instanceof SVGSVGElement ? figure : figure.querySelector('svg');
  if (svg === null) throw new Error('Plot made no drawing');
  svg.setAttribute('role', 'img');
  // Its rules are in charts.css; a file needs none, and holds nothing but shapes and text.
  for (const style of svg.querySelectorAll('style')) style.remove();
  // One picture, described as a whole: its parts say nothing of their own.
  for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  if (legend) svg.append(legendOf(series, choice, look));
  return svg;
}

/** Names under the axis stand aslant, so that they have room beside each other. */
const slanted = ({ xScale: scale }: Drawing, { kind }: Choice, legend: boolean): boolean =>
  kind === 'bar' ? !legend : scale === 'category';
/** Between two slanted names, px. */
const NAME = 26;

function xScale(drawing: Drawing, choice: Choice, legend: boolean, width: number): Plot.ScaleOptions {
  if (choice.kind === 'bar' && legend) return { axis: null };
  if (slanted(drawing, choice, legend)) {
    const names = [...new Set(drawing.series.flatMap(({ points }) => points.map(({ x }) => x)))];
    const every = choice.kind === 'bar' ? 1 : Math.ceil((names.length * NAME) / width);
    return {
      tickRotate: -35,
      tickFormat: shortly(names.map(String)),
      labelOffset: 84,
      ticks: names.filter((_, i) => i % every === 0).map(String),
    };
  }
  return drawing.xScale === 'time' ? { type: 'utc' } : { tickSpacing: 110 };
}

function marksOf(series: readonly Series[], { kind }: Choice, look: Look): Plot.Markish[] {
  return series.flatMap(({ name, points }, i): Plot.Markish[] => {
    const colour = look.colours[i % look.colours.length] ?? look.text;
    const data = [...points];
    const title = ({ x, y }: (typeof data)[number]): string =>
      [name, x instanceof Date ? x.toISOString() : String(x), y.toLocaleString('en-US')].filter(Boolean).join(' · ');
    switch (kind) {
      case 'line':
        return [
          Plot.lineY(data, { x: 'x', y: 'y', stroke: colour, strokeWidth: 1.8, strokeDasharray: dashes[i] ?? '' }),
          ...(data.length <= 60
            ? [Plot.dot(data, { x: 'x', y: 'y', fill: colour, r: 2.5, symbol: symbols[i] ?? 'circle', title })]
            : []),
        ];
      case 'scatter':
        return [Plot.dot(data, { x: 'x', y: 'y', stroke: colour, r: 3, symbol: symbols[i] ?? 'circle', title })];
      case 'bar':
        return series.length > 1
          ? [Plot.barY(data, { fx: 'x', x: () => name, y: 'y', fill: colour, title })]
          : [Plot.barY(data, { x: 'x', y: 'y', fill: colour, title, sort: { x: '-y' } })];
      default:
        return [
          Plot.rectY(data, {
            ...Plot.binX({ y: 'count' }, { x: 'x' }),
            fill: colour,
            fillOpacity: series.length > 1 ? 0.55 : 1,
            stroke: colour,
            strokeDasharray: dashes[i] ?? '',
          }),
        ];
    }
  });
}

/** In the drawing itself, so that a saved picture has it. Bars stand in its order. */
function legendOf(series: readonly Series[], { kind }: Choice, look: Look): SVGGElement {
  const group = document.createElementNS(SVG, 'g');
  const short = shortly(series.map(({ name }) => name));
  let x = 64;
  for (const [i, { name }] of series.entries()) {
    const colour = look.colours[i % look.colours.length] ?? look.text;
    const sample = document.createElementNS(SVG, kind === 'bar' || kind === 'histogram' ? 'rect' : 'path');
    const attributes: Record<string, string> =
      sample.tagName === 'rect'
        ? { x: String(x), y: '8', width: '14', height: '10', fill: colour }
        : {
            d: `M${x} 13h22`,
            stroke: colour,
            'stroke-width': '2',
            fill: 'none',
            'stroke-dasharray': kind === 'line' ? (dashes[i] ?? '') : '',
          };
    if (kind === 'scatter') {
      attributes.d = symbolAt(i, x + 11);
      attributes['stroke-width'] = '1.5';
    }
    for (const [key, value] of Object.entries(attributes)) if (value !== '') sample.setAttribute(key, value);
    const text = document.createElementNS(SVG, 'text');
    text.setAttribute('x', String(x + 28));
    text.setAttribute('y', '17');
    text.setAttribute('text-anchor', 'start');
    text.setAttribute('fill', 'currentColor');
    text.textContent = short(name);
    group.append(sample, text);
    x += 44 + Math.min(18, name.length) * 7;
  }
  return group;
}

/** Near enough to Plot's symbols to be known again. */
const symbolAt = (i: number, x: number): string =>
  [
    `M${x - 4} 13a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`,
    `M${x - 4} 9h8v8h-8z`,
    `M${x} 8l5 9h-10z`,
    `M${x - 5} 13h10M${x} 8v10`,
    `M${x} 8l5 5l-5 5l-5 -5z`,
    `M${x} 7l2 4h4l-3 3l1 4l-4 -2l-4 2l1 -4l-3 -3h4z`,
    `M${x} 13v5M${x} 13l-4 -4M${x} 13l4 -4`,
    `M${x - 4} 9l8 8M${x + 4} 9l-8 8M${x} 8v10`,
  ][i] ?? '';
