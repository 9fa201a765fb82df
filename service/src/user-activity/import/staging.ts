import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as otherWork } from "node:timers/promises";
import { hasMoreResultsThanMatches } from "@clan-platform/contract/activity-row.ts";
import { toCopyText } from "@clan-platform/contract/copy-text.ts";
import type { Format } from "@clan-platform/contract/lines/formats.ts";
import { readLines } from "@clan-platform/contract/lines/read-lines.ts";
import { type RejectGroup, RejectGroups } from "@clan-platform/contract/lines/reject-groups.ts";
import {
  type RejectedRow,
  type ValidatedRows,
  validateRows,
} from "@clan-platform/contract/lines/validate-rows.ts";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { z } from "zod";
import { Problem } from "../../http/problem.ts";
import type { ImportReport } from "../schemas.ts";
import { stagingColumns, stagingTable } from "../upsert.ts";

// A million rows and a header.
const maxLines = 1_000_001;
const maxListedRejects = 100;

/** What the rows of a body are, before they are compared with the table. */
type Findings = Omit<z.infer<typeof ImportReport>, "inserted" | "updated" | "unchanged" | "repeated">;

export interface Staged extends Findings {
  /** SHA-256 of the format and the unpacked body. */
  fingerprint: Buffer;
}

export interface StagingLimits {
  signal: AbortSignal;
  timeoutMs: number;
  /** With more rejected rows, the body is refused. */
  maxRejects: number;
}

/**
 * Streams the valid rows of a body into the staging table, and collects what is wrong with the others. Memory stays flat:
 * the body is read as fast as PostgreSQL accepts its rows.
 * @throws {InputError} when the body as a whole is refused
 * @throws {Problem} 422 with too many rejected rows
 */
export async function stage(
  tx: pg.ClientBase,
  body: AsyncIterable<Buffer>,
  format: Format,
  { signal, timeoutMs, maxRejects }: StagingLimits,
): Promise<Staged> {
  const hash = createHash("sha256").update(`POST /user-activity/import ${format.mediaTypes[0]} `);
  const findings: Findings = {
    received: 0,
    warnings: 0,
    rejected: 0,
    rejects: [],
    reject_groups: [],
    country_placeholders: 0,
    ignored_columns: [],
  };
  const rows = validateRows(readLines(hashed(body, hash), { maxLines }), format);
  const copy = copyFrom(`copy ${stagingTable} (${stagingColumns}) from stdin`);
  Object.assign(copy, { query_timeout: timeoutMs });
  await pipeline(Readable.from(toCopyLines(rows, findings, maxRejects)), tx.query(copy), { signal });
  return { ...findings, fingerprint: hash.digest() };
}

async function* hashed(chunks: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>) {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

async function* toCopyLines(
  blocks: AsyncIterable<ValidatedRows>,
  findings: Findings,
  maxRejects: number,
): AsyncGenerator<string> {
  const groups = new RejectGroups();
  for await (const { valid, rejected, countryPlaceholders, ignored } of blocks) {
    findings.received += valid.length + rejected.length;
    findings.rejected += rejected.length;
    findings.rejects.push(...rejected.slice(0, maxListedRejects - findings.rejects.length).map(toReject));
    for (const row of rejected) groups.add(row);
    if (findings.rejected > maxRejects) throw tooManyRejects(findings, groups, maxRejects);
    findings.country_placeholders += countryPlaceholders;
    findings.ignored_columns = [...ignored];
    let text = "";
    for (const { line, row } of valid) {
      if (hasMoreResultsThanMatches(row)) findings.warnings++;
      text += `${toCopyText(row)}\t${line}\n`;
    }
    if (text !== "") yield text;
    // Other requests are served between two blocks.
    await otherWork();
  }
  findings.reject_groups = groups.list().map(withoutText);
}

function tooManyRejects({ received }: Findings, groups: RejectGroups, maxRejects: number): Problem {
  const list = groups.list();
  const named = list.slice(0, 3).map(({ field, reason, count, example }) => {
    return `${count} of them, the first in line ${example.line}: ${field} ${reason}`;
  });
  const others = list.length > 3 ? `; and ${list.length - 3} more reasons` : "";
  const detail =
    `More than ${maxRejects} of the first ${received} rows are rejected, so that nothing was stored; a larger ` +
    `max_rejects would accept the others. ${named.join("; ")}${others}`;
  return new Problem(422, "TOO_MANY_REJECTS", detail);
}

/** The text of the example is left out: answers are kept for repeats, and its sender has it. */
function withoutText({ example, ...group }: RejectGroup): Findings["reject_groups"][number] {
  return { ...group, example: { line: example.line, message: example.message } };
}

function toReject({ line, field, message, otherFaults }: RejectedRow): Findings["rejects"][number] {
  const others = otherFaults === 0 ? "" : `; and ${otherFaults} more fault${otherFaults > 1 ? "s" : ""}`;
  return { line, field, message: message + others };
}
