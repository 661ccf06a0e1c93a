/** A text that somebody else chose: the server, a colleague, a tool. It turns nothing around it and hides nothing in it. */
import { visibleText } from '../../shared/visible.ts';

export const Foreign = ({ of }: { readonly of: string }) => <bdi>{visibleText(of)}</bdi>;
