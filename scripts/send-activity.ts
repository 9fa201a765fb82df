import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { SingleBar } from "cli-progress";
import { exitWith, Refusal } from "./refusal.ts";
import { type ActivityFile, openActivityFile, readPieces } from "./send-activity/activity-file.ts";
import { deliver, type Report, type Target } from "./send-activity/delivery.ts";

const usage = "usage: npm run send-activity -- FILE… [--url http://localhost:8080] [--key KEY]";
const faultsShown = 20;

// Told on Ctrl-C and in errors: what has been acknowledged stays.
let acknowledged = 0;
const bar = new SingleBar({
  format: "  {bar} {percentage} %   {rows} rows   {file}   {note}",
  barsize: 24,
  hideCursor: true,
  clearOnComplete: true,
  etaBuffer: 4,
});

try {
  const { paths, target } = readArguments();
  const files = paths.map(openActivityFile);
  stopOnCtrlC();
  bar.start(
    files.reduce((sum, { size }) => sum + size, 0),
    0,
    { rows: 0, file: "", note: "" },
  );
  const run = randomUUID();
  let done = 0;
  const all: { file: ActivityFile; sums: Report }[] = [];
  for (const file of files) {
    all.push({ file, sums: await send(file, `${run}-${all.length}`, target, done) });
    done += file.size;
  }
  bar.stop();
  for (const { file, sums } of all) print(file, sums);
  // Everything was sent, but not everything was taken: other than 0 for a job, and other than a failure.
  if (all.some(({ sums }) => sums.rejected > 0)) process.exitCode = 2;
} catch (error) {
  bar.stop();
  exitWith(error);
}

function readArguments(): { paths: string[]; target: Target } {
  try {
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
    // The environment keeps a key out of the list of processes.
    const key = values.key ?? process.env.CLAN_API_KEY;
    return { paths: positionals, target: { url: values.url.replace(/\/+$/, ""), key } };
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : error}\n  ${usage}`);
  }
}

/** One piece after another, so that the last row of a key counts; the next one is read meanwhile. */
async function send(file: ActivityFile, name: string, target: Target, done: number): Promise<Report> {
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
  const pieces = readPieces(file);
  let next = pieces.next();
  for (let number = 1; ; number++) {
    const { done: isEnd, value: piece } = await next.catch(toldWithStanding(file.path));
    if (isEnd) return sums;
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
    acknowledged += report.received;
    bar.update(done + piece.position, { rows: acknowledged.toLocaleString("en"), file: file.path, note: "" });
  }
}

function toldWithStanding(place: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(`${place}: ${error.message}. ${standing()}.`, { cause: error });
  };
}

function add(sums: Report, { rejects, ...counts }: Report, linesBefore: number): void {
  for (const [name, count] of Object.entries(counts)) sums[name as keyof typeof counts] += count;
  const room = Math.max(0, faultsShown - sums.rejects.length);
  sums.rejects.push(
    ...rejects.slice(0, room).map((reject) => ({ ...reject, line: reject.line + linesBefore })),
  );
}

function note(why: string): void {
  if (process.stderr.isTTY) bar.update({ note: why });
  else console.error(`  ${why}`);
}

function standing(): string {
  return `${acknowledged.toLocaleString("en")} rows are acknowledged and stay; run it again, and nothing is counted twice`;
}

function stopOnCtrlC(): void {
  process.once("SIGINT", () => {
    bar.stop();
    console.error(`\n  Interrupted. ${standing()}.\n`);
    process.exit(130);
  });
}

function print({ path }: ActivityFile, sums: Report): void {
  const line = (count: number, what: string) => `  ${count.toLocaleString("en").padStart(11)} ${what}`;
  console.log(
    [
      "",
      `  ${path}`,
      line(sums.received, "rows read"),
      line(sums.inserted, "inserted"),
      line(sums.updated, "updated"),
      line(sums.unchanged, "were there already, the same"),
      line(sums.repeated, "repeated in a piece (the last counts)"),
      line(sums.rejected, "rejected"),
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
  if (sums.rejects.length === faultsShown) console.log(`  (the first ${faultsShown} faults are told)`);
}
