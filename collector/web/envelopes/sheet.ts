/** The opening key as a sheet for the safe: which envelope it opens, and how, in words for somebody at three in the morning. Pure. */
import type { EnvelopeView } from '../../../shared/api-envelope.ts';
import { visibleLine } from '../../../shared/visible.ts';

export function sheetOf(envelope: EnvelopeView, openingKey: string): string {
  const { holder, device, target, scope, minutes, until } = envelope;
  return `Vitrine offline envelope

For        ${visibleLine(holder.name)}, on ${visibleLine(device.name)}
Opens      ${visibleLine(target.label)}, ${visibleLine(scope.label)}, for ${minutes} minutes
Until      ${until ?? ''}

Opening key
${openingKey}

When the engineer calls: make sure that it is them, ask what has happened, and take down their challenge (five characters).
Then compute the code with one of these, and read it back group by group:
  - any open page of the collector: Envelopes, Answer a challenge
  - a terminal, without the collector: vitrine-collector envelope respond CHALLENGE
    (it asks for the opening key; that does not belong on a command line)
Whoever has this key and the engineer's laptop can open the envelope. Withdraw it on the collector when either is lost.
`;
}
