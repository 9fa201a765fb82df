import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { StackSettings } from "@clan-platform/infra/settings.ts";
import { NewClan } from "@clan-platform/service/clans/schemas.ts";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { clanNames } from "../synthetic-data/clan-names.ts";
import { notRun, run } from "./examples.ts";
import { codeBlocks, pages, root } from "./pages.ts";
import { leavesOf } from "./stack-settings-table.ts";

const blocks = pages.flatMap((page) => codeBlocks(page));
const shell = blocks.filter(({ language }) => language === "sh");
const listed = [...run, ...notRun];

describe("every code block of the documentation", () => {
  it("is run by a test, or listed in examples.ts with the reason why not", () => {
    const lost = blocks.filter(
      ({ page, code }) => listed.filter((b) => b.page === page && code.startsWith(b.begins)).length !== 1,
    );
    expect(lost, "add them to scripts/documentation/examples.ts").toEqual([]);
  });

  it("that is listed exists", () => {
    const gone = listed.filter(
      (b) => !blocks.some(({ page, code }) => b.page === page && code.startsWith(b.begins)),
    );
    expect(gone).toEqual([]);
  });

  it("that another test runs is named in that test", () => {
    for (const { page, by } of run) {
      expect(existsSync(join(root, by)), by).toBe(true);
      if (!by.startsWith("scripts/documentation/")) {
        expect(readFileSync(join(root, by), "utf8")).toContain(page);
      }
    }
  });

  it("of shell has no syntax error", () => {
    const faults = shell
      .map(({ page, code }) => ({
        page,
        stderr: spawnSync("bash", ["-n"], { input: code }).stderr?.toString(),
      }))
      .filter(({ stderr }) => stderr);
    expect(faults).toEqual([]);
  });

  it("creates clans whose names are free under npm start, as does the docs page's example", () => {
    const nameOf = clanNames(1);
    // More than a default start has.
    const taken = new Set(Array.from({ length: 40_000 }, (_, clan) => nameOf(clan)));
    for (const line of readFileSync(join(root, "scripts/data/clans.csv"), "utf8").split("\n")) {
      taken.add(line.split("\t")[0] ?? "");
    }
    expect(taken.has("Hidden Harbor")).toBe(true);
    const names = blocks.flatMap(({ code }) =>
      [...code.matchAll(/(?:"name"|\bname): "([^"]+)"/g)].map(([, name = ""]) => name),
    );
    expect(names.length).toBeGreaterThan(4);
    const [example] = z.array(NewClan).parse(NewClan.meta()?.examples);
    names.push(example?.name ?? "");
    expect(names.filter((name) => taken.has(name))).toEqual([]);
  });

  it("sets only settings that exist", () => {
    const known = new Set([
      ...leavesOf(StackSettings).map(({ name }) => name),
      "gcp:billingProject",
      "gcp:userProjectOverride",
    ]);
    const set = shell.flatMap(({ code }) =>
      [...code.matchAll(/pulumi config (?:set|rm)((?: --\w+(?: (?:dev|prod)\b)?)*) '?([\w:.]+)/g)].map(
        ([, , name = ""]) => name,
      ),
    );
    expect(set.length).toBeGreaterThan(10);
    expect(set.filter((name) => !known.has(name))).toEqual([]);
  });
});
