/** What is to be said of an envelope. Pure. */
import type { HeldEnvelope } from '../../shared/ipc-envelope.ts';
import { minutes } from '../words/format.ts';

/** `23 Nov, 14:02 UTC`. */
export function moment(at: string): string {
  const [, day = '', month = ''] = /^\w+, (\d\d) (\w+)/.exec(new Date(at).toUTCString()) ?? [];
  return `${Number(day)} ${month}, ${at.slice(11, 16)} UTC`;
}

export function stateWords({ state, until, used, minutes: length }: HeldEnvelope): string {
  switch (state) {
    case 'sealed':
      return `Opens for ${minutes(length)}. Can be opened until ${moment(until)}.`;
    case 'late':
      return `Could be opened until ${moment(until)}. Ask for another one.`;
    case 'spent':
      return 'All of its challenges were shown. Ask for another one.';
    case 'clock':
      return 'The clock of this machine is behind. Set it, then this can be opened.';
    case 'used': {
      const heard = used?.heard === true ? 'The collector knows.' : 'The collector is told as soon as it is back.';
      return `Opened at ${moment(used?.at ?? until)}. ${heard}`;
    }
  }
}
