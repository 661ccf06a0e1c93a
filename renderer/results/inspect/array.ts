/** PostgreSQL's array literals (manual, "Array Input and Output Syntax"). Pure. */
export interface Element {
  /** Subscripts, from the outermost dimension. */
  readonly at: readonly number[];
  /** Null is SQL NULL. */
  readonly value: string | null;
}

/** The elements in order; null where the text is no array literal. Elements are separated by commas. */
export function elementsOf(text: string): Element[] | null {
  const bounds = /^((?:\[-?\d+:-?\d+\])+)=/.exec(text);
  const firsts = [...(bounds?.[1] ?? '').matchAll(/\[(-?\d+):/g)].map((match) => Number(match[1]));
  let i = bounds?.[0].length ?? 0;
  if (text[i] !== '{') return null;
  const elements: Element[] = [];
  const place: number[] = [];
  for (; i < text.length; i++) {
    const c = text[i];
    if (c === '{') place.push(firsts[place.length] ?? 1);
    else if (c === '}') {
      place.pop();
      if (place.length === 0) return i === text.length - 1 ? elements : null;
    } else if (c === ',') {
      const last = place.length - 1;
      place[last] = (place[last] ?? 0) + 1;
    } else if (c === '"') {
      let value = '';
      for (i++; i < text.length && text[i] !== '"'; i++) {
        if (text[i] === '\\') i++;
        value += text[i] ?? '';
      }
      elements.push({ at: [...place], value });
    } else {
      let value = '';
      for (; i < text.length && !/[,{}]/.test(text[i] ?? ''); i++) {
        if (text[i] === '\\') i++;
        value += text[i] ?? '';
      }
      i--;
      elements.push({ at: [...place], value: value.toUpperCase() === 'NULL' ? null : value });
    }
  }
  return null;
}
