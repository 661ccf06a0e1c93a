/** What the bundler turns into something else: style sheets, worker addresses. */
declare module '*.css';
declare module '*?worker&url' {
  const address: string;
  export default address;
}
/** Monaco ships no types for the inside of a language. */
declare module 'monaco-editor/languages/definitions/pgsql/pgsql' {
  export const language: Readonly<Record<string, unknown>>;
}
