/** Looks for a text in the rows that are loaded: in the line under the grid, so that nothing moves and no row is covered. */
import { useEffect, useRef } from 'react';
import { Icon } from '../../ui/icons.tsx';
import type { Finding } from './use-find.ts';
import { hitWords } from './words.ts';

export function FindBar({ finding, onClose }: { readonly finding: Finding; readonly onClose: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  const words =
    finding.progress === null ? hitWords(finding.found, finding.hit?.n ?? null) : `Looking… ${finding.progress} %`;
  const none = (finding.found?.hits ?? 0) === 0;
  return (
    <div
      className="grid-find"
      role="dialog"
      aria-label="Find in the result"
      onKeyDown={(event) => {
        const again = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f';
        if (event.key === 'Escape') onClose();
        else if (event.key === 'F3' || (event.key === 'Enter' && event.target === input.current))
          void finding.step(event.shiftKey);
        else if (again) input.current?.select();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <Icon name="search" size={12} />
      <input
        ref={input}
        className="input"
        aria-label="Find in the rows that are loaded"
        placeholder="Find in loaded rows"
        // biome-ignore lint/a11y/noAutofocus: it was opened to type into it
        autoFocus
        maxLength={1000}
        spellCheck={false}
        value={finding.text}
        onChange={(event) => finding.setText(event.target.value)}
      />
      <output className="grid-found num" aria-live="polite">
        {words}
      </output>
      <button
        type="button"
        className="btn quiet icon"
        aria-label="Hit before"
        title="Hit before (Shift F3)"
        disabled={none}
        onClick={() => void finding.step(true)}
      >
        <Icon name="chevronUp" size={12} />
      </button>
      <button
        type="button"
        className="btn quiet icon"
        aria-label="Next hit"
        title="Next hit (F3)"
        disabled={none}
        onClick={() => void finding.step(false)}
      >
        <Icon name="chevronDown" size={12} />
      </button>
      <button
        type="button"
        className="btn quiet icon"
        aria-label="Close the search"
        title="Close (Esc)"
        onClick={onClose}
      >
        <Icon name="cross" size={12} />
      </button>
    </div>
  );
}
