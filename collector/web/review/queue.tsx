/** The queue, by deadline as the collector orders it: who, on what, how they got in, what is left to do. */
import type { MouseEvent, Ref } from 'react';
import type { QueueItem } from '../../../shared/api.ts';
import { useDesk } from '../state/desk.tsx';
import type { Go } from '../state/route.ts';
import { Chip, StaleBar } from '../ui/bits.tsx';
import { PersonLine } from '../ui/person.tsx';
import { PageLink, PageNav } from '../ui/top-bar.tsx';
import { isLive, isOverdue, letInWords, queueChip, queueFacts } from '../words/grant.ts';
import { plural } from '../words/number.ts';

interface Props {
  readonly ref: Ref<HTMLElement>;
  readonly items: readonly QueueItem[] | null;
  readonly problem: unknown;
  readonly chosen: string | null;
  readonly now: number;
}

function Item({
  item,
  chosen,
  now,
  go,
}: {
  readonly item: QueueItem;
  readonly chosen: boolean;
  readonly now: number;
  readonly go: Go;
}) {
  const { request } = item;
  const path = `/review/${request.id}`;
  const follow = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(path);
  };
  return (
    <li>
      <a
        className="queue-item"
        href={path}
        data-grant={request.id}
        aria-current={chosen ? 'true' : undefined}
        tabIndex={chosen ? 0 : -1}
        onClick={follow}
      >
        <span className="row queue-top">
          <b className="clip">{request.by.name}</b>
          {request.offline === true && <Chip text="envelope" tone="warn" />}
          {item.alerts > 0 && <Chip text={plural(item.alerts, 'alert')} tone="danger" />}
          <Chip {...queueChip(request, now)} />
        </span>
        <span className="queue-how clip">
          {[request.target.label, request.severity, letInWords(request)].join(' · ')}
        </span>
        <span className="queue-facts num clip">{queueFacts(item)}</span>
      </a>
    </li>
  );
}

function heading(items: readonly QueueItem[], now: number) {
  const overdue = items.filter((item) => isOverdue(item.request, now)).length;
  if (overdue > 0) return <Chip text={`${overdue} overdue`} tone="danger" />;
  const live = items.filter((item) => isLive(item.request)).length;
  if (live > 0) return <Chip text={`${live} live`} tone="live" />;
  const due = items.filter((item) => item.request.review.state === 'due').length;
  return due > 0 ? <Chip text={`${due} due`} tone="warn" /> : <Chip text="all done" tone="ok" />;
}

export function Queue({ ref, items, problem, chosen, now }: Props) {
  const { go } = useDesk();
  return (
    <aside className="queue">
      <header className="queue-head">
        <span className="mark" />
        <h1>
          <PageLink to="/" go={go}>
            Reviews
          </PageLink>
        </h1>
        <span className="grow" />
        {items !== null && heading(items, now)}
      </header>
      <nav className="queue-list" aria-label="Grants, by review deadline" ref={ref}>
        <StaleBar problem={problem} />
        <ul>
          {items?.map((item) => (
            <Item key={item.request.id} item={item} chosen={item.request.id === chosen} now={now} go={go} />
          ))}
        </ul>
      </nav>
      <footer className="queue-foot">
        <PageNav current="reviews" />
        <PersonLine />
      </footer>
    </aside>
  );
}
