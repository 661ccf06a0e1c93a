/** A name from the database: text, kept apart from the direction of what stands around it, with nothing unseen in it. */
import { visibleName } from '../../shared/visible.ts';

export function Name({ of, className }: { readonly of: string; readonly className?: string }) {
  return <bdi className={className}>{visibleName(of)}</bdi>;
}
