/** What a person calls a tool on the local port: the name it gives itself, else its program's. Pure. */
export const toolName = (tool: { readonly application: string; readonly program: string | null }): string =>
  tool.application.trim() || tool.program?.trim() || 'A tool';
