/**
 * Completion, hover and signature help as Monaco asks for them. What is known of the database comes from one place and may
 * be missing: then keywords and snippets are offered. Everything from the database is shown as text: Monaco reads Markdown,
 * so it is escaped.
 */
import {
  type CatalogueIndex,
  complete,
  type Item,
  type Meaning,
  meaningOf,
  type Signatures,
  type Snippet,
  signatureAt,
} from '../completion/index.ts';
import { monaco } from './monaco.ts';
import { escapedMarkdown } from './positions.ts';

export interface Knowledge {
  readonly index: () => CatalogueIndex;
  /** The person's own, before those that are always there. */
  readonly snippets: () => readonly Snippet[];
}

/** Of a long text only this much around the cursor is read, UTF-16: typing stays light in a script of any size. */
const BEFORE = 60_000;
const AFTER = 20_000;
const LANGUAGE = 'pgsql';

/** What is read of a text around a place in it. */
export interface Excerpt {
  readonly text: string;
  readonly cursor: number;
  /** Where it begins in the text, UTF-16. */
  readonly offset: number;
  rangeOf(of: { readonly start: number; readonly end: number }): monaco.Range;
}

export function excerpt(model: monaco.editor.ITextModel, position: monaco.IPosition): Excerpt {
  const cursor = model.getOffsetAt(position);
  const from = model.getPositionAt(Math.max(0, cursor - BEFORE));
  // A line that is cut would be read as something else.
  const start =
    from.lineNumber === 1 || from.lineNumber === position.lineNumber
      ? from
      : { lineNumber: from.lineNumber + 1, column: 1 };
  const end = model.getPositionAt(cursor + AFTER);
  const offset = model.getOffsetAt(start);
  return {
    text: model.getValueInRange(monaco.Range.fromPositions(start, end)),
    cursor: cursor - offset,
    offset,
    rangeOf: (of) =>
      monaco.Range.fromPositions(model.getPositionAt(offset + of.start), model.getPositionAt(offset + of.end)),
  };
}

/** The letter is on the screen before anything is made of it: the frame has begun, and a task after it has its turn. */
const painted = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve();
    requestAnimationFrame(() => port2.postMessage(null));
  });

/** Registers all three; answers how to take them away again. */
export function provideLanguage(knowledge: Knowledge): () => void {
  const registered = [
    monaco.languages.registerCompletionItemProvider(LANGUAGE, {
      triggerCharacters: ['.', ' ', '('],
      async provideCompletionItems(model, position, context, asked) {
        await painted();
        if (asked.isCancellationRequested || model.isDisposed()) return null;
        const { text, cursor, rangeOf } = excerpt(model, position);
        const found = complete(text, cursor, knowledge.index(), knowledge.snippets());
        const byItself = context.triggerKind === monaco.languages.CompletionTriggerKind.TriggerCharacter;
        if (found === null || (byItself && !found.eager)) return { suggestions: [] };
        const range = rangeOf(found);
        const typed = text.slice(found.start, cursor);
        const suggestions = found.items.map((item, i) => suggestion(item, i, range, typed));
        // Asked again with each letter: the order depends on what is typed.
        return { suggestions, incomplete: true };
      },
    }),
    monaco.languages.registerHoverProvider(LANGUAGE, {
      provideHover(model, position) {
        const { text, cursor, rangeOf } = excerpt(model, position);
        const found = meaningOf(text, cursor, knowledge.index());
        return found === null ? null : { range: rangeOf(found), contents: hover(found) };
      },
    }),
    monaco.languages.registerSignatureHelpProvider(LANGUAGE, {
      signatureHelpTriggerCharacters: ['(', ','],
      signatureHelpRetriggerCharacters: [')'],
      provideSignatureHelp(model, position) {
        const { text, cursor } = excerpt(model, position);
        const found = signatureAt(text, cursor, knowledge.index());
        return found === null ? null : { value: help(found), dispose() {} };
      },
    }),
  ];
  return () => {
    for (const one of registered) one.dispose();
  };
}

const { CompletionItemKind: Kind } = monaco.languages;
const kinds: Readonly<Record<Item['kind'], monaco.languages.CompletionItemKind>> = {
  column: Kind.Field,
  table: Kind.Struct,
  view: Kind.Interface,
  join: Kind.Reference,
  alias: Kind.Variable,
  function: Kind.Function,
  keyword: Kind.Keyword,
  schema: Kind.Module,
  type: Kind.TypeParameter,
  snippet: Kind.Snippet,
};

function suggestion(item: Item, i: number, range: monaco.IRange, typed: string): monaco.languages.CompletionItem {
  return {
    label: { label: item.label, description: item.detail },
    kind: kinds[item.kind],
    insertText: item.insert,
    range,
    // The order is ours: to Monaco all fit alike.
    filterText: typed,
    sortText: String(i).padStart(4, '0'),
    ...(item.snippet ? { insertTextRules: monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet } : {}),
    ...(item.kind === 'function' && item.snippet
      ? { command: { id: 'editor.action.triggerParameterHints', title: 'Arguments' } }
      : {}),
    ...(item.about === null ? {} : { documentation: { value: escapedMarkdown(item.about) } }),
    ...(item.allowed ? {} : { tags: [monaco.languages.CompletionItemTag.Deprecated] }),
  };
}

const hover = ({ code, lines }: Meaning): monaco.IMarkdownString[] =>
  [`**${escapedMarkdown(code)}**`, ...lines.map(escapedMarkdown)].map((value) => ({ value }));

const help = ({ all, active, parameter }: Signatures): monaco.languages.SignatureHelp => ({
  activeSignature: active,
  activeParameter: parameter,
  signatures: all.map(({ name, parameters, result, about }) => {
    let label = `${name}(`;
    const ranges = parameters.map((text, i) => {
      if (i > 0) label += ', ';
      const from = label.length;
      label += text;
      return { label: [from, label.length] as [number, number] };
    });
    label += result === null ? ')' : `) → ${result}`;
    return {
      label,
      parameters: ranges,
      // Of a variadic one the last takes all that follow.
      activeParameter: Math.min(parameter, Math.max(0, parameters.length - 1)),
      ...(about === null ? {} : { documentation: { value: escapedMarkdown(about) } }),
    };
  }),
});
