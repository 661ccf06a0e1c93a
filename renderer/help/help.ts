/** An entry of the help: what some codes mean, and what helps. Pure. */
export interface Help {
  readonly codes: readonly string[];
  readonly title: string;
  readonly means: string;
  readonly todo: string;
}

export const help = (codes: string, title: string, means: string, todo: string): Help => ({
  codes: codes.split(' '),
  title,
  means,
  todo,
});
