/** Everything that is known of one step. */
import { bytes, count, plural } from '../words/format.ts';
import { duration } from './duration.ts';
import { numberOf, type Plan, type PlanNode } from './plan.ts';
import { detailsOf } from './plan-text.ts';
import { errorWords, percent, type Remark } from './remarks.ts';

/** A block of a usual server, bytes. */
const BLOCK = 8192;
/** Said in the table of blocks, or in the sentence above. */
const blocks = /^(Shared|Local|Temp) \w+ Blocks$/;

export function NodeDetails(props: {
  readonly id: string;
  readonly plan: Plan;
  readonly node: PlanNode;
  readonly remarks: readonly Remark[];
}) {
  const { node, plan } = props;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must take the keyboard
    <aside id={props.id} className="plan-details" aria-label="The chosen step" tabIndex={0}>
      <h3>{node.kind}</h3>
      {node.relation !== null && <p className="mono muted">{node.relation}</p>}
      {props.remarks.map((remark) => (
        <p key={remark.kind} className="plan-remark">
          {remark.text}
        </p>
      ))}
      <dl>
        {[
          ...factsOf(node, plan),
          ...blockFacts(node),
          ...detailsOf(node.raw).filter(([name]) => !blocks.test(name)),
        ].map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={/ms|row|%|^[\d,.]+$/.test(value) ? 'num' : 'mono'}>{value}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}

type Fact = readonly [name: string, value: string];

function factsOf(node: PlanNode, { root, measured }: Plan): Fact[] {
  if (node.never) return [['Carried out', 'never']];
  const share = percent(root.total === 0 ? 0 : node.own / root.total);
  if (!measured)
    return [
      ['Own cost', `${node.own.toFixed(1)}, ${share} of the whole`],
      ['Total cost', node.total.toFixed(1)],
      ['Expected', plural(node.expected, 'row')],
    ];
  const loops = node.loops ?? 1;
  const off = errorWords(node);
  const each = loops > 1 ? ' a loop' : '';
  return [
    ['Own time', `${duration(node.own)}, ${share} of the whole`],
    ['With steps below', duration(node.total)],
    ['Rows', `${plural(Number((node.rows ?? 0).toFixed(2)), 'row')}${each}`],
    ['Expected', `${plural(node.expected, 'row')}${each}${off === null ? '' : `, ${off} came`}`],
    ...(loops > 1 ? [['Loops', count(loops)] as const] : []),
  ];
}

/** `1,204 (9.4 MB)`: blocks of this step with those below it, as the server counts them. */
function blockFacts({ raw }: PlanNode): Fact[] {
  const names = [
    ['Shared Hit Blocks', 'Read from cache'],
    ['Shared Read Blocks', 'Read from disk'],
    ['Shared Dirtied Blocks', 'Changed'],
    ['Temp Read Blocks', 'Temporary, read'],
    ['Temp Written Blocks', 'Temporary, written'],
  ] as const;
  return names.flatMap(([key, words]): Fact[] => {
    const n = numberOf(raw, key) ?? 0;
    return n === 0 ? [] : [[words, `${plural(n, 'block')}, ${bytes(n * BLOCK)}`]];
  });
}
