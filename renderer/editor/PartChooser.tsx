/** Which part of a statement to run: a small list at the cursor, the part marked in the text while it is chosen. */
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { oneLine } from '../words/format.ts';

export interface Choice {
  readonly what: string;
  readonly text: string;
}

export function PartChooser(props: {
  /** Outermost first: the whole statement, then what is in it. */
  readonly choices: readonly Choice[];
  /** Of the cursor's line, in the window: where the list may hang. */
  readonly line: { readonly left: number; readonly top: number; readonly bottom: number };
  readonly onLook: (index: number) => void;
  readonly onChoose: (index: number) => void;
  /** From now on the whole statement, without asking. */
  readonly onAlways: () => void;
  readonly onNo: () => void;
}) {
  const { choices, line, onLook } = props;
  const [at, setAt] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const last = choices.length;

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    // In the top layer nothing cuts it off, however low the editor is.
    element.showPopover();
    const { width, height } = element.getBoundingClientRect();
    const below = line.bottom + 4;
    element.style.left = `${Math.max(8, Math.min(line.left, window.innerWidth - width - 8))}px`;
    element.style.top = `${below + height < window.innerHeight - 8 ? below : Math.max(8, line.top - height - 4)}px`;
    list.current?.focus();
  }, [line]);
  useEffect(() => onLook(Math.min(at, choices.length - 1)), [at, choices.length, onLook]);

  const choose = (index: number) => (index === last ? props.onAlways() : props.onChoose(index));
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
    if (to !== undefined) setAt((to + last + 1) % (last + 1));
    else if (event.key === 'Enter') choose(at);
    else if (event.key === 'Escape' || event.key === 'Tab') props.onNo();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const option = (index: number) => ({
    id: `${id}-${index}`,
    role: 'option',
    tabIndex: -1,
    'aria-selected': at === index,
    onPointerMove: () => setAt(index),
    onClick: () => choose(index),
  });
  return (
    <div ref={box} popover="manual" className="part-chooser" role="dialog" aria-label="Which part to run?">
      <div
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-label="Which part to run?"
        aria-activedescendant={`${id}-${at}`}
        onKeyDown={onKeyDown}
        onBlur={props.onNo}
      >
        {choices.map(({ what, text }, index) => (
          <div key={`${what} ${text}`} {...option(index)}>
            <span className="what">{what}</span>
            <span className="mono clip">{oneLine(text.slice(0, 300))}</span>
          </div>
        ))}
        <div className="always" {...option(last)}>
          Always run the whole statement
        </div>
      </div>
    </div>
  );
}
