/** Offline envelopes in the window (docs/decisions/029). Main keeps and opens them; here they are only shown and asked for. (I7) */
export { EnvelopeCentre } from './EnvelopeCentre.tsx';
export { EnvelopeLink } from './EnvelopeLink.tsx';
