/**
 * The colour of a target: a small shape that is the colour's own, with its name for whoever cannot see it. It never stands
 * alone, and it is none of the colours that the glass itself has.
 */
import type { Environment } from '../../shared/grants.ts';
import { type Colour, colourOf } from '../../shared/settings.ts';
import { useSettings } from '../settings.tsx';

export const colourName: Readonly<Record<Colour, string>> = {
  blue: 'Blue',
  pink: 'Pink',
  olive: 'Olive',
  brown: 'Brown',
  grey: 'Grey',
  none: 'No colour',
};
const shapes: Readonly<Record<Exclude<Colour, 'none'>, string>> = {
  blue: 'M1 1h10v10H1z',
  pink: 'M6 0l6 6-6 6-6-6z',
  olive: 'M6 .5l6 11H0z',
  brown: 'M0 4h12v4H0z',
  grey: 'M3 .8h6L12 6l-3 5.2H3L0 6z',
};

/** Only the shape; whoever draws it says the name. */
export function ColourMark({ colour, size = 10 }: { readonly colour: Colour; readonly size?: number }) {
  if (colour === 'none') return null;
  return (
    <svg className="target-mark" data-colour={colour} width={size} height={size} viewBox="0 0 12 12" aria-hidden="true">
      <path d={shapes[colour]} fill="currentColor" />
    </svg>
  );
}

/** A target's mark with its name; nothing where the target has no colour. */
export function TargetMark({ of }: { readonly of: { readonly id: string; readonly environment: Environment } }) {
  const { settings } = useSettings();
  const colour = colourOf(settings, of);
  if (colour === 'none') return null;
  return (
    <span
      className="target-mark-frame"
      role="img"
      aria-label={`Colour: ${colourName[colour]}`}
      title={colourName[colour]}
    >
      <ColourMark colour={colour} />
    </span>
  );
}
