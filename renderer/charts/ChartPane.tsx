/**
 * Charts of a result: what to draw, the drawing, and what is not in it. The rows come in windows, as the grid's do, and are gone with the chart; a picture of it becomes a
 * file through main alone, recorded as an export. Loaded when the first chart is wanted.
 *
 *   columns, points   pure: which columns fit, and what there is to draw
 *   rows              the windows that are read for it
 *   draw              Observable Plot: points to SVG; picture makes a file of that
 *   Choices           what the person chooses
 */
import { useEffect, useRef, useState } from 'react';
import type { ResultState } from '../../shared/ipc.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { EXPORTS_OFF } from '../results/words.ts';
import { useSettings } from '../settings.tsx';
import { Problem } from '../ui/Problem.tsx';
import { count } from '../words/format.ts';
import { Choices } from './Choices.tsx';
import { type Choice, corrected, firstChoice } from './columns.ts';
import { draw, type Look } from './draw.ts';
import { pngBase64, svgText } from './picture.ts';
import { drawingOf, type Row } from './points.ts';
import { MOST_ROWS, readRows } from './rows.ts';
import { labelsOf, said } from './words.ts';
import './charts.css';

export default function ChartPane(props: {
  readonly bridge: Bridge;
  readonly result: ResultState;
  /** Results may be written to files in this grant. */
  readonly exports: boolean;
}) {
  const { bridge, result } = props;
  const { columns, stored } = result;
  const { theme } = useSettings();
  const [choice, setChoice] = useState<Choice>(() => firstChoice(columns));
  const [rows, setRows] = useState<readonly Row[] | null>(null);
  const [problem, setProblem] = useState<UserError | null>(null);
  const [saved, setSaved] = useState('');
  const [size, setSize] = useState({ width: 0, height: 0 });
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<SVGSVGElement | null>(null);
  const { id } = result;

  useEffect(() => {
    let wanted = true;
    const fetch = async (stretch: { offset: number; count: number }) => {
      const answer = await ask(bridge.getRows({ result: id, ...stretch }));
      if (answer.ok) return answer.value;
      if (wanted) setProblem(answer.error);
      return null;
    };
    void readRows(stored, fetch, () => wanted).then((found) => {
      if (found !== null && wanted) setRows(found);
    });
    return () => {
      wanted = false;
    };
  }, [bridge, id, stored]);
  useEffect(() => {
    const box = place.current;
    if (box === null) return;
    const watch = new ResizeObserver(() => setSize({ width: box.clientWidth, height: box.clientHeight }));
    watch.observe(box);
    return () => watch.disconnect();
  }, []);

  const drawing = rows === null ? null : drawingOf(rows, choice, columns);
  const empty = drawing?.series.every(({ points }) => points.length === 0) === true;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawing follows from these; another theme has other colours
  useEffect(() => {
    const box = place.current;
    if (box === null || drawing === null || empty || size.width < 80 || size.height < 60) return;
    const labels = { ...labelsOf(choice, columns, drawing.xScale), ...said(drawing, choice, columns) };
    drawn.current = draw(drawing, choice, labels, { ...size, ...lookOf(box) });
    box.replaceChildren(drawn.current);
    return () => box.replaceChildren();
  }, [rows, choice, size, theme, empty]);

  const save = async (kind: 'svg' | 'png') => {
    if (drawn.current === null) return;
    setProblem(null);
    setSaved('');
    const picture =
      kind === 'svg' ? { kind, svg: svgText(drawn.current) } : { kind, base64: await pngBase64(drawn.current) };
    const answer = await ask(bridge.saveChart({ result: id, ...picture }));
    if (!answer.ok) setProblem(answer.error);
    else if (answer.value !== null)
      setSaved(`Saved as ${answer.value.file} in ${answer.value.folder}; recorded as an export.`);
  };
  const left = [
    ...(stored > MOST_ROWS
      ? [
          `Drawn from ${count(MOST_ROWS)} of ${count(stored)} rows, taken in equal stretches; sums and counts are of those alone.`,
        ]
      : []),
    ...(drawing?.left ?? []),
  ];
  return (
    <div className="chart">
      <Choices
        columns={columns}
        choice={choice}
        onChange={(next) => setChoice(corrected(next, columns))}
        refused={props.exports ? null : EXPORTS_OFF}
        saveable={drawing !== null && !empty}
        onSave={(kind) => void save(kind)}
      />
      {problem !== null && (
        <div className="chart-problem">
          <Problem error={problem} />
        </div>
      )}
      <div className="chart-notes" role="status">
        {saved !== '' && <span className="chart-saved">{saved}</span>}
        {left.map((sentence) => (
          <span key={sentence}>{sentence}</span>
        ))}
        {drawing !== null && <span className="sr-only">The numbers are in the grid: choose Rows.</span>}
      </div>
      {drawing === null && problem === null && (
        <div className="chart-empty">
          <span className="spinner" /> Reading rows
        </div>
      )}
      {empty && <div className="chart-empty">Nothing in these columns can be drawn. Choose others.</div>}
      <div ref={place} className="chart-place" />
    </div>
  );
}

/** Of the theme at this moment, as plain colours: a saved picture has no tokens. */
function lookOf(element: HTMLElement): Pick<Look, 'colours' | 'text' | 'background' | 'font'> {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  const names = ['accent', 'warn', 'write', 'ok', 'danger', 'sql-keyword', 'sql-number', 'muted'];
  return {
    colours: names.map((name) => token(`--${name}`)),
    text: token('--muted'),
    background: token('--canvas'),
    font: token('--font-ui'),
  };
}
