/** Counters and gauges in the Prometheus text format. Names are ours; labels never carry a person, a query or a secret. */
export interface Metrics {
  count(name: string, labels?: Labels, by?: number): void;
  gauge(name: string, help: string, read: () => number): void;
  /** Declares a counter so that it is shown, with its help, before it first counts. */
  counter(name: string, help: string): void;
  text(): string;
}
type Labels = Readonly<Record<string, string>>;

const labelText = (labels: Labels): string => {
  const parts = Object.entries(labels).map(
    ([key, value]) => `${key}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
  );
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
};

export function openMetrics(): Metrics {
  const help = new Map<string, string>();
  const counters = new Map<string, Map<string, number>>();
  const gauges = new Map<string, () => number>();
  return {
    counter(name, text) {
      help.set(name, text);
      if (!counters.has(name)) counters.set(name, new Map());
    },
    count(name, labels = {}, by = 1) {
      const series = counters.get(name) ?? new Map<string, number>();
      const key = labelText(labels);
      series.set(key, (series.get(key) ?? 0) + by);
      counters.set(name, series);
    },
    gauge(name, text, read) {
      help.set(name, text);
      gauges.set(name, read);
    },
    text() {
      const lines: string[] = [];
      for (const [name, series] of counters) {
        lines.push(`# HELP ${name} ${help.get(name) ?? name}`, `# TYPE ${name} counter`);
        for (const [labels, value] of series) lines.push(`${name}${labels} ${value}`);
      }
      for (const [name, read] of gauges) {
        lines.push(`# HELP ${name} ${help.get(name) ?? name}`, `# TYPE ${name} gauge`, `${name} ${read()}`);
      }
      return `${lines.join('\n')}\n`;
    },
  };
}
