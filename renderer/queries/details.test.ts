import { describe, expect, it } from 'vitest';
import { detailsOf, emptyDraft, parametersFor, pathOf, problemOf } from './details.ts';

describe('the form of a saved query', () => {
  it('reads a folder as it is typed', () => {
    expect(pathOf(' Incidents / Payments/')).toEqual(['Incidents', 'Payments']);
    expect(pathOf('')).toEqual([]);
  });
  it('keeps of the parameters what was said of them, in the order of the text', () => {
    const known = [{ name: ':b', description: ' Whose ', default: null }];
    const parameters = parametersFor([':a', ':b'], known);
    expect(parameters.map(({ name }) => name)).toEqual([':a', ':b']);
    expect(detailsOf({ ...emptyDraft, name: ' x ', parameters })).toMatchObject({
      name: 'x',
      target: null,
      parameters: [{ name: ':b', description: 'Whose', default: null }],
    });
  });
  it.each([
    [{ name: ' ' }, 'name'],
    [{ name: 'a/b' }, 'name'],
    [{ name: 'a', folder: 'one/../two' }, 'folder'],
    [{ name: 'a', folder: 'x/'.repeat(9) }, 'folder'],
  ])('says beside the field what is wrong: %o', (part, field) =>
    expect(problemOf({ ...emptyDraft, ...part })?.field).toBe(field),
  );
  it('has nothing to say of a good one', () =>
    expect(problemOf({ ...emptyDraft, name: 'Stuck', folder: 'Incidents' })).toBeNull());
});
