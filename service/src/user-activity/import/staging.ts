import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as otherWork } from "node:timers/promises";
import { ActivityRow, hasMoreResultsThanMatches } from "@clan-platform/contract/activity-row.ts";
import { InputError } from "@clan-platform/contract/errors.ts";
import { type Format, LineFault, type ReadLine } from "@clan-platform/contract/lines/formats.ts";
import { type Line, readLines } from "@clan-platform/contract/lines/lines.ts";
import { readPlainRow } from "@clan-platform/contract/plain-row.ts";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { z } from "zod";
import type { ImportReport } from "../schemas.ts";
import { stagingColumns, stagingTable } from "../upsert.ts";

const maxRejectsTold = 100;
// Some two milliseconds of work, between which other requests are served.
const linesAtOnce = 256;

/** What the lines of a body are, before the table has seen them. */
type Findings = Pick<z.infer<typeof ImportReport>, "received" | "rejected" | "rejects" | "warnings">;

export interface Staged extends Findings {
  /** SHA-256 of the format and the unpacked body. */
  fingerprint: Buffer;
}

/**
 * Streams the good rows of a body into the staging table, and collects what is wrong with the others.
 * Memory stays flat: the body is read as fast as PostgreSQL takes its rows.
 * @throws {InputError} when the body as a whole is refused
 */
export async function stage(
  tx: pg.ClientBase,
  body: AsyncIterable<Buffer>,
  format: Format,
  { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
): Promise<Staged> {
  const hash = createHash("sha256").update(`POST /user-activity/import ${format.mediaTypes[0]} `);
  const findings: Findings = { received: 0, rejected: 0, rejects: [], warnings: 0 };
  const lines = readLines(hashed(body, hash));
  const copy = copyFrom(`copy ${stagingTable} (${stagingColumns}) from stdin`);
  Object.assign(copy, { query_timeout: timeoutMs });
  await pipeline(Readable.from(toCopyText(lines, format, findings)), tx.query(copy), { signal });
  return { ...findings, fingerprint: hash.digest() };
}

async function* hashed(chunks: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>) {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

async function* toCopyText(
  blocks: AsyncIterable<Line[]>,
  format: Format,
  findings: Findings,
): AsyncGenerator<string> {
  let read: ReadLine | undefined = format.hasHeader ? undefined : await format.reader("");
  for await (const block of blocks) {
    const lines = block.slice();
    if (!read && lines.length > 0) read = await format.reader(lines.shift()?.text ?? "");
    for (let at = 0; read && at < lines.length; at += linesAtOnce) {
      const text = lines
        .slice(at, at + linesAtOnce)
        .map(toCopyLine(read, findings))
        .join("");
      if (text !== "") yield text;
      await otherWork();
    }
  }
  if (!read || (!format.hasHeader && findings.received === 0)) {
    throw new InputError("EMPTY_BODY", "The body has no rows.");
  }
}

function toCopyLine(read: ReadLine, findings: Findings): (line: Line) => string {
  const reject = (line: number, fault: Fault) => {
    findings.rejected++;
    if (findings.rejects.length < maxRejectsTold) findings.rejects.push({ line, ...fault });
    return "";
  };
  return ({ number, text }) => {
    findings.received++;
    if (text === null) return reject(number, { field: "line", message: "is not UTF-8" });
    try {
      const raw = read(text);
      const row = readPlainRow(raw) ?? ActivityRow.parse(raw);
      if (hasMoreResultsThanMatches(row)) findings.warnings++;
      return encode(row, number);
    } catch (fault) {
      return reject(number, firstFaultOf(fault));
    }
  };
}

interface Fault {
  field: string;
  message: string;
}

/** The first fault of a line, and how many there are besides. */
function firstFaultOf(error: unknown): Fault {
  if (error instanceof LineFault) return { field: "line", message: error.message };
  if (!(error instanceof z.ZodError)) throw error;
  const [first, ...others] = error.issues;
  const besides =
    others.length === 0 ? "" : `; and ${others.length} more fault${others.length > 1 ? "s" : ""}`;
  return { field: first?.path.join(".") || "line", message: `${first?.message ?? "is not valid"}${besides}` };
}

/** A row in COPY's text format. Control characters, which it would have to escape, are in no field. */
function encode(row: ActivityRow, line: number): string {
  const userId = row.user_id.includes("\\") ? row.user_id.replaceAll("\\", "\\\\") : row.user_id;
  // Spelled out, because a loop over the fields takes several times as long, a million times over.
  return (
    `${userId}\t${row.event_date}\t${row.platform}\t${row.install_date}\t${row.country ?? "\\N"}\t` +
    `${row.total_session_count}\t${row.total_session_duration}\t${row.match_start_count}\t${row.match_end_count}\t` +
    `${row.victory_count}\t${row.defeat_count}\t${row.server_connection_error}\t${row.iap_revenue}\t` +
    `${row.ad_revenue}\t${line}\n`
  );
}
