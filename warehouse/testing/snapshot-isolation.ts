import type { DuckDBConnection, DuckDBInstance, DuckDBResultReader, DuckDBValue } from "@duckdb/node-api";
import { connect } from "../engines/duckdb/dialect.ts";

/** What one job or script runs its statements in. */
export interface Session {
  /** Runs a statement of DuckDB's SQL, with BigQuery's rules for transactions. */
  run(statement: string, values?: Record<string, DuckDBValue>): Promise<DuckDBResultReader>;
  /** Rolls back an open transaction, and drops temporary tables. */
  close(): Promise<void>;
}

export interface Isolation {
  openSession(): Promise<Session>;
}

interface Transaction {
  /** The number of commits before it began. */
  began: number;
  /** Tables in which it updated or deleted rows. */
  mutated: Set<string>;
}

/**
 * BigQuery's snapshot isolation on a DuckDB, whose connections have snapshots already: a transaction reads what was
 * committed when it began; one that only appends conflicts with nothing; of two that update or delete rows of one table,
 * the second is cancelled (https://cloud.google.com/bigquery/docs/transactions#transaction_concurrency). A statement
 * outside of a transaction is one by itself. That BigQuery cancels at the statement, not at the commit, is believed.
 * @param partitionColumnOf the column that a table is partitioned by, undefined where it is not
 */
export function isolate(
  instance: DuckDBInstance,
  partitionColumnOf: (table: string) => string | undefined,
): Isolation {
  const open = new Set<Transaction>();
  const commits: Set<string>[] = [];

  async function openSession(): Promise<Session> {
    const connection = await connect(instance);
    let current: Transaction | undefined;

    async function begin(): Promise<Transaction> {
      await connection.run("begin transaction");
      // DuckDB takes the snapshot with the first read.
      await connection.run("select 1 from duckdb_schemas() limit 1");
      const transaction = { began: commits.length, mutated: new Set<string>() };
      open.add(transaction);
      return transaction;
    }

    async function end(transaction: Transaction, how: "commit" | "rollback"): Promise<void> {
      open.delete(transaction);
      await connection.run(how);
      if (how === "commit") commits.push(transaction.mutated);
    }

    async function runIn(
      transaction: Transaction,
      statement: string,
      values: Record<string, DuckDBValue>,
      message: string,
    ): Promise<DuckDBResultReader> {
      const table = /^(?:merge into|update|delete from|insert into)\s+(\S+)/.exec(statement)?.[1] ?? "";
      const conflict = () => new Error(`${message} against table test-project:${table}.`);
      const partitionColumn = partitionColumnOf(table);
      const result = await runCounting(connection, statement, values, partitionColumn).catch(
        (error: Error) => {
          throw /Conflict on|write-write conflict/i.test(error.message) ? conflict() : error;
        },
      );
      if (result.partitions > maxPartitions) {
        throw new Error(
          `Too many partitions produced by query, allowed ${maxPartitions}, query produces at least ${result.partitions} partitions`,
        );
      }
      if (!result.mutates || !table.includes(".")) return result.reader;
      const isTaken = [...open].some((other) => other !== transaction && other.mutated.has(table));
      const isChanged = commits.slice(transaction.began).some((mutated) => mutated.has(table));
      if (isTaken || isChanged) throw conflict();
      transaction.mutated.add(table);
      return result.reader;
    }

    return {
      async run(statement, values = {}) {
        if (/^begin transaction$/.test(statement)) {
          current = await begin();
          return connection.runAndReadAll("select 1");
        }
        if (/^(commit|rollback) transaction$/.test(statement)) {
          if (!current) throw new Error("There is no transaction.");
          const transaction = current;
          current = undefined;
          await end(transaction, statement.startsWith("commit") ? "commit" : "rollback");
          return connection.runAndReadAll("select 1");
        }
        if (current) {
          return runIn(current, statement, values, "Transaction is aborted due to concurrent update");
        }
        const own = await begin();
        try {
          const result = await runIn(
            own,
            statement,
            values,
            "Could not serialize access due to concurrent update",
          );
          await end(own, "commit");
          return result;
        } catch (error) {
          await end(own, "rollback");
          throw error;
        }
      },
      async close() {
        if (current) await end(current, "rollback");
        connection.closeSync();
      },
    };
  }

  return { openSession };
}

// https://cloud.google.com/bigquery/quotas#partitioned_tables: a statement that changes more is refused.
const maxPartitions = 4_000;

/**
 * Runs a statement, and finds whether it updated or deleted rows: a MERGE may have only inserted. Counts the partitions that a
 * MERGE changes, as which everything is written that is partitioned.
 */
async function runCounting(
  connection: DuckDBConnection,
  statement: string,
  values: Record<string, DuckDBValue>,
  partitionColumn = "null",
): Promise<{ reader: DuckDBResultReader; mutates: boolean; partitions: number }> {
  if (statement.startsWith("merge into")) {
    await refuseSecondMatch(connection, statement, values);
    const returning = `returning merge_action, ${partitionColumn} as partition_id`;
    const reader = await connection.runAndReadAll(`${statement}\n${returning}`, values);
    const rows = reader.getRowsJson();
    return {
      reader,
      mutates: rows.some(([action]) => action !== "INSERT"),
      partitions: new Set(rows.map(([, partition]) => partition)).size,
    };
  }
  const reader = await connection.runAndReadAll(statement, values);
  const mutates = /^(update|delete from)\s/.test(statement) && reader.rowsChanged > 0;
  return { reader, mutates, partitions: 0 };
}

/** DuckDB updates a row once for each row of the source that matches it. */
async function refuseSecondMatch(
  connection: DuckDBConnection,
  statement: string,
  values: Record<string, DuckDBValue>,
): Promise<void> {
  const [, target, source, condition] =
    /^merge into (\S+) as target\s+using ([\s\S]+) as source\s+on ((?:(?!\bwhen\b)[\s\S])+?)\s+when matched\b/.exec(
      statement,
    ) ?? [];
  if (!condition) return;
  const twice = `select 1 from ${target} as target join ${source} as source on ${condition}
    group by target.rowid having count(*) > 1 limit 1`;
  const { length } = (await connection.runAndReadAll(twice, values)).getRows();
  // https://cloud.google.com/bigquery/docs/reference/standard-sql/dml-syntax#merge_statement
  if (length > 0) throw new Error("UPDATE/MERGE must match at most one source row for each target row");
}
