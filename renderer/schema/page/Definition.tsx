/** SQL that makes the object anew, to read and to copy. */

import { visibleName } from '../../../shared/visible.ts';
import { ask, type Bridge } from '../../bridge.ts';
import { Icon } from '../../ui/icons.tsx';
import { useToast } from '../../ui/Toasts.tsx';

export const COPIED = {
  code: 'copied',
  kind: 'ok',
  fleeting: true,
  message: 'The definition is on the clipboard.',
  hint: null,
} as const;

export function Definition({ text, bridge }: { readonly text: string; readonly bridge: Bridge }) {
  const say = useToast();
  const copy = () => void ask(bridge.copyText(text)).then((answer) => say(answer.ok ? COPIED : answer.error));
  return (
    <div className="definition">
      <button type="button" className="btn" onClick={copy}>
        <Icon name="clipboard" size={12} />
        Copy
      </button>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by keyboard */}
      <section tabIndex={0} aria-label="Definition">
        <pre className="mono">
          {text
            .split(/([\n\t])/)
            .map((part) => (part === '\n' || part === '\t' ? part : visibleName(part)))
            .join('')}
        </pre>
      </section>
    </div>
  );
}
