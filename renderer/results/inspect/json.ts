/**
 * JSON read lazily and kept as it is written: a node is a place in the text, and its children are found when somebody
 * opens it, so that megabytes cost nothing until then, numbers keep every digit and double keys stay double. Pure; for
 * text that is known to be JSON.
 */
export interface JsonNode {
  /** Its name in an object, or its place in an array; null at the root. */
  readonly key: string | number | null;
  readonly kind: 'object' | 'array' | 'string' | 'number' | 'word';
  /** UTF-16, end exclusive. */
  readonly start: number;
  readonly end: number;
}

const SPACE = /[\s]/;

function afterSpace(text: string, at: number): number {
  let i = at;
  while (i < text.length && SPACE.test(text[i] ?? '')) i++;
  return i;
}

/** Behind the string that begins at `at`. */
function afterString(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
  return text.length;
}

/** Behind the value that begins at `at`. */
function afterValue(text: string, at: number): number {
  const first = text[at];
  if (first === '"') return afterString(text, at);
  if (first !== '{' && first !== '[') {
    let i = at;
    while (i < text.length && !/[\s,\]}]/.test(text[i] ?? '')) i++;
    return i;
  }
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const c = text[i];
    if (c === '"') i = afterString(text, i) - 1;
    else if (c === '{' || c === '[') depth++;
    else if ((c === '}' || c === ']') && --depth === 0) return i + 1;
  }
  return text.length;
}

function nodeAt(text: string, at: number, key: JsonNode['key']): JsonNode {
  const first = text[at] ?? '';
  const kind =
    first === '{'
      ? 'object'
      : first === '['
        ? 'array'
        : first === '"'
          ? 'string'
          : /[-0-9]/.test(first)
            ? 'number'
            : 'word';
  return { key, kind, start: at, end: afterValue(text, at) };
}

export const rootOf = (text: string): JsonNode => nodeAt(text, afterSpace(text, 0), null);
export const isParent = ({ kind }: JsonNode): boolean => kind === 'object' || kind === 'array';

/** What was found of a node stays found as long as the node: megabytes are read once. */
const found = new WeakMap<JsonNode, readonly JsonNode[]>();

/** In the order of the text; none for what has no children. */
export function childrenOf(text: string, parent: JsonNode): readonly JsonNode[] {
  const before = found.get(parent);
  if (before !== undefined) return before;
  const children = readChildren(text, parent);
  found.set(parent, children);
  return children;
}

function readChildren(text: string, parent: JsonNode): JsonNode[] {
  const children: JsonNode[] = [];
  if (!isParent(parent)) return children;
  let at = afterSpace(text, parent.start + 1);
  while (at < parent.end - 1) {
    let key: JsonNode['key'] = children.length;
    if (parent.kind === 'object') {
      const end = afterString(text, at);
      key = stringOf(text.slice(at, end));
      // Behind the colon.
      at = afterSpace(text, afterSpace(text, end) + 1);
    }
    const child = nodeAt(text, at, key);
    // A text that is no JSON must not hold anybody up.
    if (child.end <= at) break;
    children.push(child);
    at = afterSpace(text, afterSpace(text, child.end) + 1);
  }
  return children;
}

/** What a string literal says; as it is written where it is none. */
export function stringOf(literal: string): string {
  try {
    const said: unknown = JSON.parse(literal);
    return typeof said === 'string' ? said : literal;
  } catch {
    return literal;
  }
}

/** A jsonpath that leads there: `$.lines[0]."odd name"`. */
export const pathOf = (keys: readonly (string | number)[]): string =>
  `$${keys
    .map((key) =>
      typeof key === 'number'
        ? `[${key}]`
        : /^[A-Za-z_][A-Za-z0-9_]*$/.test(key)
          ? `.${key}`
          : `.${JSON.stringify(key)}`,
    )
    .join('')}`;

/** The text is one JSON object or array, so that a tree says more than it. */
export function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
