/** The name of another object; opens its page. */
import type { Target } from '../../../shared/ipc-schema.ts';
import { Name } from '../Name.tsx';

export function Link<T extends Target>({ to, onOpen }: { readonly to: T; readonly onOpen: (target: T) => void }) {
  return (
    <button type="button" className="link" title="Opens its page" onClick={() => onOpen(to)}>
      <Name of={`${to.schema}.${to.name}`} />
    </button>
  );
}
