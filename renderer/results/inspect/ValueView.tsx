/** One value in the way that shows it best, with its type and size, and the ways along its foreign keys. */
import { useState } from 'react';
import { Problem } from '../../ui/Problem.tsx';
import { bytes, plural } from '../../words/format.ts';
import { ArrayList } from './ArrayList.tsx';
import { HexView } from './HexView.tsx';
import type { InspectorProps } from './Inspector.tsx';
import { JsonTree } from './JsonTree.tsx';
import { KeyLinks } from './KeyLinks.tsx';
import { type Look, lookOf, lookWords } from './looks.ts';
import { PictureView } from './PictureView.tsx';
import { TextView } from './TextView.tsx';
import { usePart } from './use-value.ts';
import { Whole } from './Whole.tsx';

/** Larger JSON is read as text, part by part; and a larger picture as bytes. */
const MOST_WHOLE = 16 * 1024 * 1024;

export function ValueView(props: InspectorProps) {
  const { bridge, result, columns, cell } = props;
  const first = usePart(bridge, { result: result.id, ...cell }, 0);
  // Everything here is of the value that is shown, until the one that the selection has gone to has come.
  const place = first.state === 'here' ? first.of : { result: result.id, ...cell };
  const { row, column } = place;
  const { name = '', type = '' } = columns[column] ?? {};
  const [wish, setWish] = useState<Look | null>(null);
  const value = first.state === 'here' ? first.value : null;
  const whole = value?.next === null;
  const looks = value === null ? [] : lookOf(type, value.text, whole);
  const possible = looks.filter(
    (look) => look === 'text' || look === 'hex' || whole || (value?.bytes ?? 0) <= MOST_WHOLE,
  );
  const look = wish !== null && possible.includes(wish) ? wish : possible[0];
  const key = `${place.result} ${row} ${column}`;
  return (
    <div className="value">
      <div className="value-head">
        <b className="clip" title={name}>
          {name === '' ? '(no name)' : name}
        </b>
        <span className="mono faint clip">{type}</span>
        <span className="grow" />
        {value !== null && (
          <span className="faint num">{sizeOf(value.bytes, looks[0] === 'hex' || looks[0] === 'picture', value)}</span>
        )}
      </div>
      {value !== null && (
        <div className="value-tools">
          {possible.length > 1 && (
            <div className="seg" role="radiogroup" aria-label="Shown as">
              {possible.map((one) => (
                <label key={one}>
                  <input type="radio" name="look" checked={one === look} onChange={() => setWish(one)} />
                  <span>{lookWords[one]}</span>
                </label>
              ))}
            </div>
          )}
          <span className="grow" />
          <button
            type="button"
            className="btn quiet"
            onClick={() => props.copy({ top: row, bottom: row, left: column, right: column }, 'tsv')}
          >
            Copy value
          </button>
        </div>
      )}
      <div className="value-body" key={key}>
        {first.state === 'reading' && (
          <p className="value-wait muted">
            <span className="spinner" />
            Reading…
          </p>
        )}
        {first.state === 'failed' && <Problem error={first.problem} />}
        {first.state === 'here' && value === null && <p className="value-null">NULL</p>}
        {value !== null && value.bytes === 0 && (
          <p className="value-empty muted">An empty text: no characters, and not NULL.</p>
        )}
        {value !== null && value.bytes > 0 && looks.length > possible.length && (
          <p className="value-note">
            Too large to be shown as {looks[0] === 'picture' ? 'a picture' : 'a tree'} (more than {bytes(MOST_WHOLE)}).
          </p>
        )}
        {value !== null && value.bytes > 0 && look === 'text' && <TextView bridge={bridge} place={place} />}
        {value !== null && look === 'hex' && <HexView bridge={bridge} place={place} bytes={value.bytes} />}
        {value !== null && look === 'list' && <ArrayList text={value.text} />}
        {value !== null && look === 'tree' && (
          <Whole bridge={bridge} place={place} part={value}>
            {(text) => <JsonTree text={text} onCopyText={props.onCopyText} />}
          </Whole>
        )}
        {value !== null && look === 'picture' && (
          <Whole bridge={bridge} place={place} part={value}>
            {(text) => <PictureView text={text} />}
          </Whole>
        )}
      </div>
      <KeyLinks bridge={bridge} place={place} onOpen={props.onOpen} />
    </div>
  );
}

function sizeOf(size: number, binary: boolean, { text, next }: { text: string; next: number | null }): string {
  if (binary) return bytes((size - 2) / 2);
  const characters = next === null ? plural([...text].length, 'character') : '';
  return characters === '' || size > 9999 ? bytes(size) : characters;
}
