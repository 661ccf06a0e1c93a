/** How many wait for this person, in the bar; a press shows them. Nothing for people who do not approve. */
import { standingOf } from '../../shared/approve.ts';
import { keyText } from '../commands/index.ts';
import { Icon } from '../ui/icons.tsx';
import { plural } from '../words/format.ts';
import { useApproving } from './context.ts';

export function ApproveButton() {
  const { state, open } = useApproving();
  if (state === null) return null;
  const mine = (state.waiting ?? []).filter((request) => standingOf(request, state.me) === 'answer').length;
  const words = mine === 0 ? 'No request waits for your answer' : plural(mine, 'request waits', 'requests wait');
  const label = mine === 0 ? words : `${words} for your answer`;
  return (
    <>
      <button
        type="button"
        className="btn quiet approve-button"
        data-waiting={mine > 0 ? 'yes' : undefined}
        aria-label={label}
        title={`${label} (${keyText('Mod+Shift+A')})`}
        onClick={open}
      >
        <Icon name="people" size={15} />
        {mine > 0 && <span className="approve-count num">{mine}</span>}
      </button>
      <span className="sr-only" role="status">
        {mine === 0 ? '' : label}
      </span>
    </>
  );
}
