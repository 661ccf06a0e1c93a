/** Input at the border: `unknown` goes in, a typed value or a problem that names the field comes out. (I6) */
import type { z } from 'zod';
import { id128 } from '../../shared/grants.ts';
import { problem } from './problem.ts';

const pathOf = (path: readonly PropertyKey[]): string => path.map(String).join('.');

/** Where an issue stands and what it says; an unknown key is named itself rather than the object around it. */
export function firstIssue(error: z.ZodError): { readonly path: readonly PropertyKey[]; readonly message: string } {
  const issue = error.issues[0];
  if (issue === undefined) return { path: [], message: 'invalid' };
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0];
    return { path: key === undefined ? issue.path : [...issue.path, key], message: 'is not a known field' };
  }
  // A union tells what each of its members missed; the branch that came furthest is the one that was meant.
  if (issue.code === 'invalid_union') {
    const deepest = issue.errors
      .flat()
      .sort((a, b) => b.path.length - a.path.length)
      .at(0);
    if (deepest !== undefined) return { path: [...issue.path, ...deepest.path], message: deepest.message };
  }
  return { path: issue.path, message: issue.message };
}

/** Validates with zod or throws 400 `invalid_input` whose `field` is the path of the first offence. */
export function validate<S extends z.ZodType>(schema: S, value: unknown, prefix = ''): z.infer<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = firstIssue(result.error);
  const field = [prefix, pathOf(path)].filter((part) => part !== '').join('.');
  throw problem(400, 'invalid_input', `${field === '' ? 'The body' : field}: ${message}`, {
    ...(field === '' ? {} : { field }),
    hint: 'Correct this field and send the request again.',
  });
}

/** A path parameter that is a 128-bit id; anything else is 404, because no such thing can exist. */
export function idParameter(params: unknown, name: string): string {
  const value = typeof params === 'object' && params !== null ? Reflect.get(params, name) : undefined;
  const result = id128.safeParse(value);
  if (result.success) return result.data;
  throw problem(404, 'not_found', 'There is nothing at this address', { field: name });
}
