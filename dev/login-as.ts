/** `--login-as NAME` of `npm run port`: taken off the command line, and allowed with the embedded stack only. Pure. */
import { people } from './stack/idp/people.ts';

export type LoginAs =
  | {
      /** Id of the person; null where nobody was named. */
      readonly person: string | null;
      /** What is left for the product. */
      readonly args: readonly string[];
    }
  | { readonly problem: string };

export function takeLoginAs(
  given: readonly string[],
  env: { readonly VITRINE_COLLECTOR?: string | undefined },
): LoginAs {
  const end = given.indexOf('--');
  const own = end < 0 ? given : given.slice(0, end);
  const at = own.findIndex((arg) => arg === '--login-as' || arg.startsWith('--login-as='));
  if (at < 0) return { person: null, args: given };
  const inline = own[at]?.split('=')[1];
  const name = inline ?? own[at + 1] ?? '';
  const args = [...given.slice(0, at), ...given.slice(at + (inline === undefined ? 2 : 1))];
  if ((env.VITRINE_COLLECTOR ?? '') !== '')
    return { problem: '--login-as works with the embedded stack only, and VITRINE_COLLECTOR names another collector.' };
  const person = people.find((one) => [one.id, one.name, one.name.split(' ')[0]].some((known) => same(known, name)));
  if (person === undefined) {
    const known = people.map((one) => `${one.id} (${one.name})`).join(', ');
    return { problem: `--login-as ${name}: nobody of that name is known here; there are ${known}.` };
  }
  if (own.includes('--device-code'))
    return { problem: '--login-as signs in with the browser; leave --device-code out, or type the code yourself.' };
  return { person: person.id, args: ['--browser', ...args.filter((arg, i) => arg !== '--browser' || i >= end)] };
}

const same = (known: string | undefined, name: string): boolean => known?.toLowerCase() === name.trim().toLowerCase();
