import { createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { runCommand } from "../testkit/command.ts";
import { activityRows, writePart } from "../testkit/parts.ts";
import { expectOneSentence, temporaryFolder, untilPrinted } from "../testkit/run.ts";

async function serve(folder: string) {
  const script = runCommand("dashboard", [], { DATA_DIR: folder, DASHBOARD_PORT: "0" });
  await untilPrinted(script, "Ctrl-C");
  const address = /Dashboard +(http:\S+)/.exec(script.output())?.[1];
  const read = async (path: string) => (await fetch(`${address}/api/${path}`)).json() as Promise<object>;
  return { ...script, read };
}

it("shows what other commands bring meanwhile, which it never keeps from their work", async () => {
  const folder = await temporaryFolder();
  const { read, child, ended } = await serve(folder);
  expect(await read("days")).toMatchObject({ days: null });
  const part = writePart(folder, "day.csv.gz", activityRows(40, ["2026-03-01", "2026-03-02", "2026-03-03"]));

  // As an open page does, and faster.
  let isAsking = true;
  const asking = (async () => {
    while (isAsking) await Promise.all(["days", "freshness", "checks"].map(read));
  })();
  for (const [command, ...args] of [["load-raw", part], ["backfill", "--yes"], ["validate"]] as const) {
    const script = runCommand(command, args, { DATA_DIR: folder });
    expect([command, await script.ended, script.output()]).toEqual([
      command,
      0,
      expect.not.stringMatching(/held by/),
    ]);
  }
  isAsking = false;
  await asking;
  expect(await read("days")).toMatchObject({ days: { from: "2026-03-01", to: "2026-03-03" } });
  expect(await read("freshness")).toMatchObject({ rows: { raw: 120 } });
  child.kill("SIGINT");
  expect(await ended).toBe(0);
}, 300_000);

it("refuses in one sentence what it can't do", async () => {
  const folder = await temporaryFolder();
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "localhost", resolve));
  onTestFinished(() => void holder.close());
  const { port } = holder.address() as { port: number };
  for (const [args, environment, sentence, exitCode = 1] of [
    [
      [],
      { DASHBOARD_PORT: String(port) },
      /Port \d+ is taken: stop what listens there, or set DASHBOARD_PORT/,
    ],
    [[], { DASHBOARD_PORT: "http" }, /DASHBOARD_PORT must be a port number from 0 to 65535/],
    [["--target", "paper"], {}, /--target must be local or bigquery, not paper/, 64],
    [["--target", "bigquery"], {}, /--target bigquery needs a project: set GOOGLE_CLOUD_PROJECT/],
  ] as const) {
    const script = runCommand("dashboard", [...args], {
      DATA_DIR: folder,
      DASHBOARD_PORT: "0",
      ...environment,
    });
    expect(await script.ended).toBe(exitCode);
    expectOneSentence(script.output(), sentence);
  }
});
