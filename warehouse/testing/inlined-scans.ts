/** A node of GoogleSQL's resolved tree. */
type Node = Record<string, unknown>;

/**
 * How many scans of tables a resolved statement has when each reference to a CTE counts as the CTE again: BigQuery executes it
 * for each (https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax#with_clause).
 */
export function inlinedScans(statement: object): number {
  const ctes = new Map<string, Node>();
  for (const node of nodesIn(statement)) {
    if (isCte(node)) ctes.set(node.with_query_name, node.with_subquery);
  }
  const counts = new Map<string, number>();
  const countOf = (name: string): number => {
    const known = counts.get(name) ?? count(ctes.get(name) ?? {});
    counts.set(name, known);
    return known;
  };
  const count = (node: Node): number => {
    if (isCte(node)) return 0;
    if (typeof node.with_query_name === "string") return countOf(node.with_query_name);
    return Object.entries(node).reduce(
      (total, [name, child]) =>
        total +
        (isNode(child) && (name === "resolved_table_scan_node" || name === "table_scan") ? 1 : 0) +
        (isNode(child) ? count(child) : 0),
      0,
    );
  };
  return count(statement as Node);
}

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null;

const isCte = (node: Node): node is Node & { with_query_name: string; with_subquery: Node } =>
  typeof node.with_query_name === "string" && isNode(node.with_subquery);

function* nodesIn(tree: object): Generator<Node> {
  yield tree as Node;
  for (const child of Object.values(tree)) if (isNode(child)) yield* nodesIn(child);
}
