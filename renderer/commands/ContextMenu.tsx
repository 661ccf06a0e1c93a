/** What can be done with one thing, where it was asked for: arrow keys, Home, End, first letters; Escape goes back. */
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react';
import type { Command } from './command.ts';
import { Keys } from './Keys.tsx';

export interface MenuGroup {
  readonly title?: string;
  readonly commands: readonly Pick<Command, 'title' | 'keys' | 'run'>[];
}

const MARGIN = 8;

export function ContextMenu(props: {
  readonly label: string;
  /** In the window, px. */
  readonly x: number;
  readonly y: number;
  readonly groups: readonly MenuGroup[];
  /** `back`: what had the focus gets it again. */
  readonly onClose: (back: boolean) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  const items = () => [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(MARGIN, Math.min(props.x, window.innerWidth - width - MARGIN))}px`;
    element.style.top = `${Math.max(MARGIN, Math.min(props.y, window.innerHeight - height - MARGIN))}px`;
  }, [props.x, props.y]);
  useEffect(() => list.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus(), []);

  const onKeyDown = (event: KeyboardEvent) => {
    const all = items();
    const at = all.findIndex((item) => item.matches(':focus'));
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    const letter = event.key.length === 1 && !event.ctrlKey && !event.metaKey ? event.key.toLowerCase() : null;
    if (event.key === 'Escape' || event.key === 'Tab') props.onClose(true);
    else if (next !== undefined) all[(next + all.length) % all.length]?.focus();
    else if (letter !== null && letter !== ' ')
      [...all.slice(at + 1), ...all].find((item) => item.textContent.toLowerCase().startsWith(letter))?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={list}
      className="menu context-menu"
      role="menu"
      tabIndex={-1}
      aria-label={props.label}
      onKeyDown={onKeyDown}
      onContextMenu={(event) => event.preventDefault()}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) props.onClose(false);
      }}
    >
      {props.groups.flatMap(({ title, commands }, g) => [
        g > 0 && <hr key={`line-${title}`} />,
        title !== undefined && (
          <div key={`title-${title}`} className="menu-title clip" role="presentation">
            {title}
          </div>
        ),
        ...commands.map((command) => (
          <button
            key={`${title} ${command.title}`}
            type="button"
            role="menuitem"
            tabIndex={-1}
            onClick={() => {
              props.onClose(true);
              command.run();
            }}
          >
            <span>{command.title}</span>
            {command.keys?.[0] !== undefined && <Keys of={command.keys[0]} />}
          </button>
        )),
      ])}
    </div>
  );
}
