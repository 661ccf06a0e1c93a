/** The example policy and changed copies of it, for the tests of this room. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Policy, parsePolicy } from './index.ts';

export const examplePath = fileURLToPath(new URL('./example.yaml', import.meta.url));
export const example = readFileSync(examplePath, 'utf8');

export const parse = (text: string): Promise<Policy> =>
  parsePolicy(new TextEncoder().encode(text), 'policy.yaml', () => Promise.reject(new Error('no such file')));

/** The example with its first `was` replaced; throws where there is none, so that no test passes for want of it. */
export function changed(was: string, is: string, text = example): string {
  if (!text.includes(was)) throw new Error(`the text does not hold ${was}`);
  return text.replace(was, is);
}

export const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;
