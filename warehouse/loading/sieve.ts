import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { ActivityRow, activityFields } from "@clan-platform/contract/activity-row.ts";
import { InputError } from "@clan-platform/contract/errors.ts";
import { formats, LineFault, type ReadLine } from "@clan-platform/contract/lines/formats.ts";
import { type Line, readLines } from "@clan-platform/contract/lines/lines.ts";
import { readPlainRow } from "@clan-platform/contract/plain-row.ts";
import { type RawFile, WarehouseError } from "../warehouse.ts";
import { partHeader } from "./open-part.ts";

/** A line that breaks the contract, by its first fault. */
export interface Reject {
  line: number;
  field: string;
  reason: string;
  /** The line as it came, at most 1000 characters; null when it is not UTF-8. */
  text: string | null;
}

export interface Sieved {
  /** Lines with content, the header not counted. */
  read: number;
  rejects: Reject[];
}

const csv = formats.find(({ hasHeader }) => hasHeader);

/**
 * Sifts a part by the rules of the contract, which are those of the service: the good rows go to `goodPath` as gzip CSV,
 * in the contract's form (codes in upper case), with the number of their line as last column `line`.
 * @throws {WarehouseError} when a line is too long to be one
 */
export async function sievePart(part: RawFile, goodPath: string): Promise<Sieved> {
  const sieved: Sieved = { read: 0, rejects: [] };
  try {
    await pipeline(
      Readable.from(goodLines(readLines(createReadStream(part.unpacked), Number.POSITIVE_INFINITY), sieved)),
      createGzip({ level: 1 }),
      createWriteStream(goodPath),
    );
  } catch (cause) {
    if (cause instanceof InputError) throw new WarehouseError(`${part.path}: ${cause.message}`, { cause });
    throw cause;
  }
  return sieved;
}

async function* goodLines(blocks: AsyncIterable<Line[]>, sieved: Sieved): AsyncGenerator<string> {
  let read: ReadLine | undefined;
  yield `${partHeader},line\n`;
  for await (const block of blocks) {
    const lines = block.slice();
    if (!read && lines.length > 0) read = await csv?.reader(lines.shift()?.text ?? "");
    const good = lines.map((line) => sift(line, read, sieved)).join("");
    if (good !== "") yield good;
  }
}

function sift({ number, text }: Line, read: ReadLine | undefined, sieved: Sieved): string {
  sieved.read++;
  const reject = (field: string, reason: string) => {
    sieved.rejects.push({ line: number, field, reason, text: text === null ? null : text.slice(0, 1_000) });
    return "";
  };
  if (text === null || !read) return reject("line", "is not UTF-8");
  try {
    const raw = read(text);
    const row = readPlainRow(raw);
    if (row) return toCsvLine(row, number);
    const result = ActivityRow.safeParse(raw);
    if (result.success) return toCsvLine(result.data, number);
    const [fault] = result.error.issues;
    return reject(fault?.path.join(".") || "line", fault?.message ?? "is not valid");
  } catch (fault) {
    if (fault instanceof LineFault) return reject("line", fault.message);
    throw fault;
  }
}

function toCsvLine(row: ActivityRow, line: number): string {
  const values = activityFields.map((field) => {
    const value = row[field] ?? "";
    return typeof value === "string" && /[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  });
  return `${values.join(",")},${line}\n`;
}
