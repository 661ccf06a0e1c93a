/**
 * Plans: EXPLAIN of a statement, with or without running it, as a tree, a flame, text and JSON. Main runs it as it runs
 * every statement; ANALYZE is always rolled back there, and this says so. Nothing here is kept when the tab closes.
 *
 *   plan, remarks, plan-text   pure: the server's JSON, what stands out in it, how psql shows it
 *   use-explain                what was asked for, by tab
 *   ExplainPane                one plan on the screen; PlanTree, PlanFlame, NodeDetails its parts
 */
export { ExplainPane } from './ExplainPane.tsx';
export { useExplain } from './use-explain.ts';
export { useViews, type View, ViewSwitch } from './ViewSwitch.tsx';
