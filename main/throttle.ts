/** Calls at once, then at most once per `ms` while calls keep coming; the last one is never lost. */
export function throttled(call: () => void, ms: number): () => void {
  let timer: NodeJS.Timeout | null = null;
  let again = false;
  const rest = (): void => {
    timer = null;
    if (again) now();
  };
  const now = (): void => {
    again = false;
    timer = setTimeout(rest, ms).unref();
    call();
  };
  return () => {
    if (timer === null) now();
    else again = true;
  };
}
