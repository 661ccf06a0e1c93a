/** What an approver has written and chosen for a request and not sent yet: kept while the window is open. */
import type { RequestView } from '../../shared/api.ts';
import { asAsked, type Choice } from '../../shared/approve.ts';

export interface Draft {
  readonly choice: Choice;
  readonly note: string;
  readonly reason: string;
}
/** By id of the request. */
export type Drafts = Map<string, Draft>;

export const draftOf = (drafts: Drafts, request: RequestView): Draft =>
  drafts.get(request.id) ?? { choice: asAsked(request), note: '', reason: '' };
