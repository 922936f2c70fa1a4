// What the expressions of dashboards and alert rules speak of: enough of PromQL to find the names in it.

export interface Named {
  metric: string;
  /** Labels that its selector asks for. */
  labels: string[];
}

const OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan']);

/** Every metric that the expression reads, with the labels that it is selected by. */
export function metricsIn(expression: string): Named[] {
  const plain = expression
    // What stands in quotes, durations, and labels to group by are no names of metrics.
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  return [...plain.matchAll(/([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?(\s*\()?/g)]
    .filter(([, name = '', , call]) => !call && !OPERATORS.has(name))
    .map(([, metric = '', selector = '']) => ({
      metric,
      labels: [...selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    }));
}

/** The labels that an expression groups by. */
export function groupingsIn(expression: string): string[] {
  return [...expression.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, labels = '']) =>
    labels.split(',').map((label) => label.trim()),
  );
}
