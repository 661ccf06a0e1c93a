/** All settings by group, with a search over them; each is saved at once, and what was reset can be brought back. */
import { type KeyboardEvent, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Limits } from '../../shared/grants.ts';
import type { Settings } from '../../shared/ipc.ts';
import { firstSettings } from '../../shared/settings.ts';
import type { Bridge } from '../bridge.ts';
import { useSettings } from '../settings.tsx';
import { DeviceData } from './DeviceData.tsx';
import { KeysLink } from './KeysLink.tsx';
import { change as changeOf, findLines, found, type Group, groups } from './lines.ts';
import { SettingLine } from './SettingLine.tsx';
import { TargetCard } from './TargetCard.tsx';
import { type Target, targetsOf } from './targets.ts';

/** What stands in these groups besides settings, for the search. */
const words: Partial<Readonly<Record<Group, string>>> = {
  Targets: 'colour note statement timeout rows kept transactions ask before writing per target',
  Keys: 'keyboard shortcuts key map',
  'Data on this device': 'history clear files folder where tabs snippets records',
};
/** What is so, and is no setting. */
const notes: Partial<Readonly<Record<Group, string>>> = {
  Look: 'Where the system asks for less motion, nothing here moves.',
  Results: 'Dates and numbers are shown as the server sends them; SET DateStyle and its like change them there.',
};

export function SettingsPage(props: {
  readonly bridge: Bridge;
  readonly seen: readonly Target[];
  /** Of the live grant. */
  readonly limits: Limits | null;
  /** The key of the device is unlocked, and with it the history. */
  readonly unlocked: boolean;
  readonly onClose: () => void;
}) {
  const { settings, change } = useSettings();
  const [typed, setTyped] = useState('');
  const [undo, setUndo] = useState<{ readonly said: string; readonly before: Settings } | null>(null);
  /** Fields begin anew when their value was changed from outside. */
  const [round, setRound] = useState(0);
  const page = useRef<HTMLElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const title = useId();
  // At once, so that a key right behind the one that opens or closes the page does not get lost.
  useLayoutEffect(() => {
    const before = document.activeElement;
    search.current?.focus();
    return () => {
      // What is behind can take the focus again once it is not inert any more.
      if (before instanceof HTMLElement) setTimeout(() => before.focus());
    };
  }, []);

  const wanted = typed.trim();
  const lines = useMemo(() => findLines(wanted), [wanted]);
  const targets = targetsOf(props.seen, settings).filter((target) =>
    found(wanted, 'Targets', words.Targets ?? '', target.label, target.id, target.environment),
  );
  const shown = (group: Group): boolean => {
    if (lines.some((line) => line.group === group)) return true;
    return group === 'Targets'
      ? targets.length > 0 || found(wanted, 'Targets', words.Targets ?? '')
      : words[group] !== undefined && found(wanted, group, words[group]);
  };
  const visible = groups.filter(shown);

  const reset = (part: Partial<Settings>, said: string) => {
    setUndo({ said, before: settings });
    change(part);
    setRound(round + 1);
  };
  const bringBack = () => {
    if (undo === null) return;
    change(undo.before);
    setUndo(null);
    setRound(round + 1);
    search.current?.focus();
  };
  const go = (group: Group) => {
    const heading = page.current?.querySelector<HTMLElement>(`[id="${title}-${group}"]`);
    heading?.scrollIntoView({ block: 'start' });
    heading?.focus();
  };
  const takeFocus = () => {
    if (document.activeElement === document.body) page.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    // A question on the page, and an open list, have an Escape of their own.
    if (event.target instanceof Element && event.target.closest('dialog, select:open') !== null) return;
    event.preventDefault();
    event.stopPropagation();
    props.onClose();
  };
  const untouched = JSON.stringify(settings) === JSON.stringify(firstSettings);

  return (
    <section
      ref={page}
      className="settings-page"
      role="dialog"
      aria-modal="true"
      aria-labelledby={title}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onBlur={({ relatedTarget }) => {
        // To nothing at all, by a click beside it: Escape must still close the page.
        if (relatedTarget === null) setTimeout(takeFocus);
      }}
    >
      <header>
        <h2 id={title}>Settings</h2>
        <input
          ref={search}
          type="search"
          className="input"
          aria-label="Search settings"
          placeholder="Search settings"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <span className="grow" />
        <button
          type="button"
          className="btn"
          disabled={untouched}
          onClick={() => reset(firstSettings, 'All settings are as on the first day.')}
        >
          Reset all
        </button>
        <button type="button" className="btn primary" onClick={props.onClose}>
          Close <kbd className="kbd">Esc</kbd>
        </button>
      </header>
      <nav aria-label="Groups of settings">
        {visible.map((group) => (
          <button key={group} type="button" onClick={() => go(group)}>
            {group}
          </button>
        ))}
      </nav>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by keyboard */}
      <section className="settings-list" tabIndex={0} aria-label="All settings">
        {visible.map((group) => (
          <section key={group} aria-labelledby={`${title}-${group}`}>
            <h3 id={`${title}-${group}`} tabIndex={-1}>
              {group}
            </h3>
            {lines
              .filter((line) => line.group === group)
              .map((line) => (
                <SettingLine
                  key={`${line.key}-${round}`}
                  line={line}
                  value={settings[line.key]}
                  limits={props.limits}
                  onChange={(value) => change(changeOf(line.key, value))}
                  onReset={() =>
                    reset(changeOf(line.key, firstSettings[line.key]), `“${line.title}” is as on the first day.`)
                  }
                />
              ))}
            {group === 'Targets' &&
              (targets.length === 0 ? (
                <p className="muted">Targets are here once you have signed in.</p>
              ) : (
                targets.map((target) => (
                  <TargetCard
                    key={`${target.id}-${round}`}
                    target={target}
                    limits={props.limits}
                    onReset={(rest) => reset({ targets: rest }, `${target.label} is as everywhere.`)}
                  />
                ))
              ))}
            {group === 'Keys' && <KeysLink />}
            {group === 'Data on this device' && <DeviceData bridge={props.bridge} unlocked={props.unlocked} />}
            {notes[group] !== undefined && wanted === '' && <p className="settings-note muted">{notes[group]}</p>}
          </section>
        ))}
        {visible.length === 0 && <p className="settings-none muted">No setting is called that.</p>}
      </section>
      <div className="settings-foot" role="status">
        {undo !== null && (
          <>
            <span>{undo.said}</span>
            <button type="button" className="btn" onClick={bringBack}>
              Undo
            </button>
          </>
        )}
      </div>
    </section>
  );
}
