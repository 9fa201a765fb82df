import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { SingleBar } from "cli-progress";
import { type ActivityFile, openActivityFile, readPieces } from "./send-activity/activity-file.ts";
import { deliver, type Report, type Target } from "./send-activity/delivery.ts";
import { exitWith, Refusal, withUsage } from "./terminal/refusal.ts";
import { countLine } from "./terminal/table-text.ts";

const usage = "usage: npm run send-activity -- FILE… [--url http://localhost:8080] [--key KEY]";
const rejectsShown = 100;

// What has been acknowledged stays, and is told however this ends: each file's sums so far.
const reports: { file: ActivityFile; sums: Report }[] = [];
const bar = new SingleBar({
  format: "  {bar} {percentage} %   {rows} rows   {file}   {note}",
  barsize: 24,
  hideCursor: true,
  clearOnComplete: true,
  etaBuffer: 4,
});

try {
  const { paths, target } = readArguments();
  const files = await Promise.all(paths.map(openActivityFile));
  stopOnCtrlC();
  bar.start(
    files.reduce((sum, { size }) => sum + size, 0),
    0,
    { rows: 0, file: "", note: "" },
  );
  const run = randomUUID();
  let done = 0;
  for (const file of files) {
    await send(file, `${run}-${reports.length}`, target, done);
    done += file.size;
  }
  bar.stop();
  printReports({ isComplete: true });
  // Everything was sent, but not everything was taken: other than 0 for a job, and other than a failure.
  if (reports.some(({ sums }) => sums.rejected > 0)) process.exitCode = 2;
} catch (error) {
  bar.stop();
  printReports({ isComplete: false });
  exitWith(error);
}

function readArguments(): { paths: string[]; target: Target } {
  return withUsage(usage, () => {
    const { values, positionals } = parseArgs({
      options: {
        url: { type: "string", default: `http://localhost:${process.env.PORT || 8080}` },
        key: { type: "string" },
      },
      allowPositionals: true,
    });
    if (positionals.length === 0) throw new Error("no file was named");
    if (!/^https?:\/\//.test(values.url) || !URL.canParse(values.url)) {
      throw new Error(`--url must be like http://localhost:8080, not ${values.url}`);
    }
    const { username, search, hash } = new URL(values.url);
    if (username || search || hash) throw new Error("--url must be without user, query and fragment");
    // The environment keeps a key out of the list of processes.
    const key = values.key ?? process.env.CLAN_API_KEY;
    if (key && !/^[\x21-\x7e]+$/.test(key)) throw new Error("the API key has characters that no key has");
    return { paths: positionals, target: { url: values.url.replace(/\/+$/, ""), key } };
  });
}

/** One piece after another, so that the last row of a key counts; the next one is read meanwhile. */
async function send(file: ActivityFile, name: string, target: Target, done: number): Promise<void> {
  const sums: Report = {
    received: 0,
    inserted: 0,
    updated: 0,
    unchanged: 0,
    repeated: 0,
    warnings: 0,
    rejected: 0,
    rejects: [],
  };
  reports.push({ file, sums });
  const pieces = readPieces(file);
  let next = pieces.next();
  for (let number = 1; ; number++) {
    const { done: isEnd, value: piece } = await next.catch(toldWithStanding(file.path));
    if (isEnd) return;
    next = pieces.next();
    // Its failure is told when its turn comes.
    next.catch(() => {});
    const delivery = {
      body: piece.body,
      mediaType: file.format.mediaTypes[0] ?? "",
      idempotencyKey: `${name}-${number}`,
    };
    const lines = `${file.path}, lines ${piece.firstLine.inFile} to ${piece.lastLine}`;
    const report = await deliver(target, delivery, note).catch(toldWithStanding(lines));
    add(sums, report, piece.firstLine.inFile - piece.firstLine.inBody);
    bar.update(done + piece.position, { rows: stored().toLocaleString("en"), file: file.path, note: "" });
  }
}

function toldWithStanding(place: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(`${place}: ${error.message.replace(/\.$/, "")}. ${standing()}.`, { cause: error });
  };
}

function add(sums: Report, { rejects, ...counts }: Report, linesBefore: number): void {
  for (const [name, count] of Object.entries(counts)) sums[name as keyof typeof counts] += count;
  const room = Math.max(0, rejectsShown - sums.rejects.length);
  sums.rejects.push(
    ...rejects.slice(0, room).map((reject) => ({ ...reject, line: reject.line + linesBefore })),
  );
}

function note(why: string): void {
  if (process.stderr.isTTY) bar.update({ note: why });
  else console.error(`  ${why}`);
}

function standing(): string {
  return `${stored().toLocaleString("en")} rows are acknowledged and stay; run it again, and nothing is counted twice`;
}

/** Rows that the service has; those that it rejected are told, and not among them. */
function stored(): number {
  return reports.reduce((sum, { sums }) => sum + sums.received - sums.rejected, 0);
}

/** Each file's sums; when it did not come to its end, of those files of which something was sent. */
function printReports({ isComplete }: { isComplete: boolean }): void {
  for (const { file, sums } of reports) if (isComplete || sums.received > 0) print(file, sums);
}

function stopOnCtrlC(): void {
  process.once("SIGINT", () => {
    bar.stop();
    printReports({ isComplete: false });
    console.error(`\n  Interrupted. ${standing()}.\n`);
    process.exit(130);
  });
}

function print({ path }: ActivityFile, sums: Report): void {
  console.log(
    [
      "",
      `  ${path}`,
      countLine(sums.received, "rows read"),
      countLine(sums.inserted, "inserted"),
      countLine(sums.updated, "updated"),
      countLine(sums.unchanged, "were there already, the same"),
      countLine(sums.repeated, "repeated in a piece (the last counts)"),
      countLine(sums.rejected, "rejected"),
    ].join("\n"),
  );
  if (sums.warnings > 0) {
    console.log(
      `\n  ${sums.warnings.toLocaleString("en")} rows have more victories and defeats than matches ended; kept as they are.`,
    );
  }
  if (sums.rejects.length > 0) console.log("");
  for (const { line, field, message } of sums.rejects) {
    console.log(`  line ${line}: ${field === "line" ? "" : `${field} `}${message}`);
  }
  if (sums.rejected > sums.rejects.length) {
    console.log(`  … and ${(sums.rejected - sums.rejects.length).toLocaleString("en")} more`);
  }
}
