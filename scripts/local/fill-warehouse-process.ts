import { existsSync, mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { PassThrough } from "node:stream";
import { parseArgs } from "node:util";
import { UserFacingError } from "@clan-platform/contract/errors.ts";
import { amountText } from "@clan-platform/contract/terminal/amounts.ts";
import { runChecks } from "@clan-platform/warehouse/checks.ts";
import { findCoveredDays } from "@clan-platform/warehouse/covered-days.ts";
import { type DateRange, yesterday } from "@clan-platform/warehouse/days.ts";
import { forgetFirstFill, noteFirstFill } from "@clan-platform/warehouse/engines/duckdb/first-fill.ts";
import { findRawFiles } from "@clan-platform/warehouse/loading/find-raw-files.ts";
import { loadInOrder } from "@clan-platform/warehouse/loading/load-in-order.ts";
import { type LoadProgress, loadRawFiles } from "@clan-platform/warehouse/loading/load-raw-files.ts";
import { openOwnFile } from "@clan-platform/warehouse/loading/open-raw-file.ts";
import { derivedTables } from "@clan-platform/warehouse/tables/derived-tables.ts";
import { recomputeTouchedDays } from "@clan-platform/warehouse/tables/recompute/recompute.ts";
import { fullName, rawTable } from "@clan-platform/warehouse/tables/table.ts";
import type { Days, RawFile, Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { reportText } from "../commands/load-raw/report-text.ts";
import { passedOverText } from "../commands/terminal/file-warnings.ts";
import { print } from "../commands/terminal/print.ts";
import { type ProgressBar, startProgressBar } from "../commands/terminal/progress-bar.ts";
import { reportAndExit } from "../commands/terminal/report-and-exit.ts";
import { generateRaw } from "../synthetic-data/generate.ts";
import type { FillMessage, FillOptions, FillOutcome } from "./fill-warehouse.ts";
import { membersToSeed, noteMembers } from "./members-to-seed.ts";
import { parseSettings } from "./settings.ts";
import { lastSyntheticDay, syntheticRun } from "./synthetic-run.ts";
import * as unfinished from "./unfinished-fill.ts";
import { localWarehouseFile, openWarehouse, warehouseFolder } from "./warehouse-target.ts";

// `npm start` runs this as a separate process, so that the API responds meanwhile: it fills the local warehouse when it is
// empty, when there are files to load, or when a fill was interrupted, and reports to its parent what is there.
// A bar has two steps for a row to generate and load, or for a file to look at and load. The short rest, metrics and checks,
// is a share of these.
const shareOfRefresh = 0.1;

// Without a parent there is no use in it.
const endWithParent = () => process.exit(1);
process.once("disconnect", endWithParent);
process.once("SIGINT", () => process.exit(130));

const send = (message: FillMessage, onSent = () => {}) => process.send?.(message, onSent);

/** Notes for the dashboard how far a first fill is. */
type NoteShare = (share: number) => void;

try {
  const { values } = parseArgs({
    options: {
      rows: { type: "string" },
      raw: { type: "string" },
      "allow-rejects": { type: "boolean", default: false },
      "dashboard-pid": { type: "string" },
    },
  });
  const settings = parseSettings(process.env);
  const file = localWarehouseFile(settings);
  // However the process ends; one that is killed leaves a note that counts for nothing.
  process.once("exit", () => forgetFirstFill(file));
  const noteShare: NoteShare = (share) => noteFirstFill(file, share);
  // The file is held from the moment it is opened.
  if (!existsSync(file) && Number(values.rows) > 0) noteShare(0);
  const warehouse = await openWarehouse("local", settings, {
    briefHolder: Number(values["dashboard-pid"]) || undefined,
  });
  const options = {
    rows: Number(values.rows),
    raw: values.raw,
    allowRejects: values["allow-rejects"],
  };
  const outcome = await fill(warehouse, warehouseFolder(settings), options, noteShare);
  await warehouse.close();
  process.off("disconnect", endWithParent);
  send({ outcome }, () => process.disconnect());
} catch (error) {
  reportAndExit(error);
}

async function fill(
  warehouse: Warehouse,
  folder: string,
  { rows, raw, allowRejects }: Pick<FillOptions, "rows" | "raw" | "allowRejects">,
  noteShare: NoteShare,
): Promise<FillOutcome> {
  const files = unfinished.filesToLoad(folder, raw, allowRejects);
  const interrupted = unfinished.findSynthetic(folder);
  const present = await findCoveredDays(warehouse);
  if (files.paths.length > 0) {
    // Also where a first fill goes on.
    const isFirst = !present || files.isFirst;
    return fillFromFiles(warehouse, folder, { ...files, isFirst }, isFirst ? noteShare : () => {});
  }
  if (!interrupted && present) {
    sendMembersToSeed(folder);
    // A load that was refused or interrupted may have left some.
    await recomputeTouchedDays(warehouse);
    return { summary: await describe(warehouse, present) };
  }
  if (rows === 0) {
    return { summary: interrupted ? "not filled to its end" : "empty: npm run load-raw fills it" };
  }
  const options = interrupted ?? { rows, to: lastSyntheticDay(yesterday()) };
  const parts = join(folder, unfinished.syntheticName(options));
  const isBegunAgain = unfinished.discardOlderParts(folder, parts, present !== undefined);
  // Noted once: they may be in clans by the time an interrupted fill goes on.
  if (!interrupted || isBegunAgain) noteMembers(folder, options);
  mkdirSync(parts, { recursive: true });
  sendMembersToSeed(folder);
  const bar = startBar(2 * options.rows, `generating ${amountText(options.rows)} rows`, noteShare);
  await load(warehouse, parts, options, bar);
  const summary = await refreshAndCheck(warehouse, bar).finally(bar.stop);
  rmSync(parts, { recursive: true, force: true });
  return { summary };
}

function sendMembersToSeed(folder: string): void {
  if (membersToSeed(folder)) send({ hasMembersToSeed: true });
}

/** Those that were loaded before are skipped. What a person should know of the files is printed as `load-raw` does. */
async function fillFromFiles(
  warehouse: Warehouse,
  folder: string,
  files: unfinished.FilesToLoad,
  noteShare: NoteShare,
): Promise<FillOutcome> {
  const { paths, passedOver } = findRawFiles(files.paths);
  for (const line of passedOverText(passedOver)) print(line);
  unfinished.noteFiles(folder, files);
  const bar = startBar(2 * paths.length, "", noteShare);
  const onProgress = ({ done, path, what }: LoadProgress) =>
    bar.update(done, { what: `${what} ${basename(path)}` });
  const loaded = await loadRawFiles(warehouse, paths, folder, onProgress, files).catch((error) => {
    bar.stop();
    // These files are refused, not interrupted: the next start is not to load them again.
    if (error instanceof UserFacingError) unfinished.forgetFiles(folder);
    throw error;
  });
  bar.update(2 * paths.length);
  const summary = await refreshAndCheck(warehouse, bar).finally(() => {
    bar.stop();
    print(`${reportText(loaded)}\n`);
  });
  unfinished.forgetFiles(folder);
  const sum = (count: "read" | "rejected") => loaded.reduce((total, file) => total + file[count], 0);
  if (sum("rejected") === 0) return { summary };
  const share = `${amountText(sum("rejected"))} of ${amountText(sum("read"))} rows`;
  return { summary, rejected: `${share}; see clan_case_raw.user_daily_metrics_rejected for line and reason` };
}

/** The bar of a fill, until it is checked. Each new percent is noted as well. */
function startBar(steps: number, what: string, noteShare: NoteShare): ProgressBar {
  const format = "  Warehouse    {bar} {percentage} %   {what}";
  const total = steps * (1 + shareOfRefresh);
  const bar = startProgressBar(total, format, { what });
  let noted = -1;
  const note = (percent: number) => {
    if (percent > noted) noteShare(percent / 100);
    noted = Math.max(noted, percent);
  };
  note(0);
  return {
    ...bar,
    update(value, texts) {
      bar.update(value, texts);
      note(Math.floor((100 * value) / total));
    },
  };
}

async function refreshAndCheck(warehouse: Warehouse, bar: ProgressBar): Promise<string> {
  await recomputeTouchedDays(warehouse, (name) => bar.show({ what: `computing ${name}` }));
  const days = await findCoveredDays(warehouse);
  if (!days) return "empty: there was no row to load";
  bar.show({ what: "checking" });
  return `${await describe(warehouse, days)}; ${await checksText(warehouse, days)}`;
}

async function load(
  warehouse: Warehouse,
  folder: string,
  { rows, to }: { rows: number; to: string },
  bar: ProgressBar,
) {
  let made = 0;
  let loaded = 0;
  const show = () => bar.update(made + loaded);
  const onProgress = (rows: number) => {
    made = rows;
    show();
  };
  // DuckDB has threads of its own: it loads parts while the next ones are made.
  const parts = new PassThrough({ objectMode: true });
  const stopping = new AbortController();
  // Packing the parts and unpacking them again would take a tenth of the first start's CPU time.
  const options = { out: folder, rows, to, packed: false, ...syntheticRun };
  const generating = generateRaw(options, onProgress, stopping.signal, (path) => void parts.write(path)).then(
    () => void parts.end(),
    (error) => void parts.destroy(error),
  );
  try {
    for await (const { read } of loadInOrder(warehouse, opened(parts))) {
      loaded += read;
      show();
    }
  } finally {
    stopping.abort();
    await generating;
  }
}

async function* opened(paths: AsyncIterable<string>): AsyncGenerator<RawFile, void> {
  for await (const path of paths) yield await openOwnFile(path);
}

async function checksText(warehouse: Warehouse, days: Days): Promise<string> {
  const results = await runChecks(warehouse, days);
  const count = (severity: string) =>
    results.filter(({ found, ...check }) => found > 0 && check.severity === severity).length;
  const [failed, warned] = [count("fail"), count("warn")];
  const good = results.length - failed - warned;
  return `${good} of ${results.length} checks ok${warned ? `, ${warned} warn` : ""}${failed ? `, ${failed} FAILED` : ""}`;
}

async function describe(warehouse: Warehouse, days: DateRange): Promise<string> {
  const count = async (table: Parameters<typeof fullName>[0]) => {
    const sql = `select count(*) as row_count from ${fullName(table)} where event_date between @from_date and @to_date`;
    const [row] = await warehouse.query(sql, days);
    return amountText(row?.row_count as number);
  };
  const counts = [`${await count(rawTable)} raw rows`];
  // The others have little to say before players are in clans.
  const filled = derivedTables.filter(({ dependsOnMemberships }) => !dependsOnMemberships);
  for (const { table } of filled) counts.push(`${await count(table)} of ${table.name}`);
  return `${counts.join(", ")}, ${days.from_date} to ${days.to_date}`;
}
