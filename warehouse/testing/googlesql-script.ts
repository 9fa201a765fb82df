import type { AnalysisOptions, Column, KnownTable, KnownType, Parameters } from "./googlesql-catalog.ts";

interface Analyzer {
  /** See `GoogleSql.analyze`. */
  analyze(sql: string, options?: AnalysisOptions): Promise<Column[]>;
  call<Answer>(method: string, request: object): Promise<Answer>;
  language: object;
}

/** A node of GoogleSQL's tree, which has the node of its superclass in `parent`, and one field for what kind it is. */
type Node = Record<string, unknown>;

/** See `GoogleSql.analyzeScript`. */
export async function analyzeScript(
  { call, analyze, language }: Analyzer,
  sql: string,
  options: AnalysisOptions,
): Promise<string[]> {
  const request = { sql_statement: sql, allow_script: true, options: language };
  const { parsed_script } = await call<{ parsed_script: Node }>("Parse", request);
  const bytes = Buffer.from(sql);
  const textOf = (node: Node) => {
    const { start, end } = locationOf(node);
    return bytes.subarray(start, end).toString();
  };
  const variables: Parameters = {};
  const temporary: KnownTable[] = [...(options.tables ?? [])];
  const statements: string[] = [];

  const analyzed = (text: string) =>
    // GoogleSQL's analyser does not have this variable of BigQuery's.
    analyze(text.replaceAll("@@error.message", "'message'"), { ...options, variables, tables: temporary });
  const analyzeExpression = (expression: unknown) => analyzed(`select ${textOf(expression as Node)}`);
  const analyzeList = async (list: unknown) => {
    for (const statement of (list as { statement_list: Node[] }).statement_list) await analyzeOne(statement);
  };
  const kinds: Record<string, (node: Node) => Promise<unknown>> = {
    async ast_variable_declaration_node({ variable_list, type, default_value }) {
      if (default_value) await analyzeExpression(default_value);
      const { identifier_list } = variable_list as { identifier_list: { id_string: string }[] };
      for (const { id_string } of identifier_list) variables[id_string] = typeOf(textOf(type as Node));
    },
    ast_single_assignment_node: ({ expression }) => analyzeExpression(expression),
    ast_assignment_from_struct_node: ({ struct_expression }) => analyzeExpression(struct_expression),
    ast_execute_immediate_statement_node: ({ sql }) => analyzeExpression(sql),
    async ast_if_statement_node({ condition, then_list }) {
      await analyzeExpression(condition);
      await analyzeList(then_list);
    },
    async ast_for_in_statement_node({ parent, variable, query }) {
      const { id_string } = variable as { id_string: string };
      for (const { name, type } of await analyzed(textOf(query as Node))) {
        variables[`${id_string}.${name}`] = typeOf(type);
      }
      await analyzeList((parent as Node).body);
    },
    ast_while_statement_node: ({ parent }) => analyzeList((parent as Node).body),
    async ast_begin_end_block_node({ statement_list_node, handler_list }) {
      if (statement_list_node) await analyzeList(statement_list_node);
      const { exception_handler_list = [] } = (handler_list ?? {}) as { exception_handler_list?: Node[] };
      for (const { statement_list } of exception_handler_list) await analyzeList(statement_list);
    },
    ast_return_statement_node: async () => {},
    ast_break_statement_node: async () => {},
    ast_raise_statement_node: async () => {},
    // Of variables like @@query_label, which are BigQuery's own.
    ast_system_variable_assignment_node: async () => {},
  };

  const analyzeOne = async (statement: Node) => {
    const [kind, node] = innermost(statement);
    const text = textOf(node);
    statements.push(text);
    if (kinds[kind]) return kinds[kind](node);
    await analyzed(text);
    const [, made, query = ""] = /^create or replace temp table (\w+) as\s(.*)/s.exec(text) ?? [];
    if (!made) return;
    const fields = await analyzed(query);
    const before = temporary.findIndex(({ name }) => name === made);
    if (before >= 0) temporary.splice(before, 1);
    temporary.push({ name: made, fields: fields.map(({ name, type }) => ({ name, type: typeOf(type) })) });
  };
  await analyzeList(parsed_script.statement_list_node);
  return statements;
}

const typeOf = (type: string) => type.toUpperCase() as KnownType;

/** A node without the wrappers that only name its kind, and that kind. */
function innermost(node: Node): [kind: string, node: Node] {
  let kind = "";
  let inner = node;
  while (typeof inner.node === "string") {
    kind = inner.node;
    inner = inner[kind] as Node;
  }
  return [kind, inner];
}

interface Location {
  start: number;
  end: number;
}

function locationOf(node: Node): Location {
  const [, inner] = innermost(node);
  if (inner.parse_location_range) return inner.parse_location_range as Location;
  if (inner.parent) return locationOf(inner.parent as Node);
  throw new Error("GoogleSQL's tree has a node without a place.");
}
