import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { activityFields } from "@clan-platform/contract/activity-row.ts";
import { beforeAll, describe, expect, it } from "vitest";
import { generateRaw } from "./generate.ts";
import { realSize } from "./shapes.ts";

const rows = 400_000;
const days = 30;

function generate(seed: number, count: number) {
  const out = mkdtempSync(join(tmpdir(), "clan-test-"));
  return generateRaw({ ...realSize, rows: count, days, seed, shape: "real", out }).then(() => {
    const names = readdirSync(out).sort();
    const files = new Map(names.map((name) => [name, readFileSync(join(out, name))]));
    rmSync(out, { recursive: true });
    return files;
  });
}

const sum = (values: number[]) => values.reduce((before, value) => before + value, 0);

describe("the shape of a real export", () => {
  let files: Map<string, Buffer>;
  let lines: string[][];
  const column = (name: (typeof activityFields)[number]) => {
    const at = activityFields.indexOf(name);
    return lines.map((fields) => fields[at] ?? "");
  };
  const shareOf = (values: string[], value: string) =>
    values.filter((other) => other === value).length / values.length;

  beforeAll(async () => {
    files = await generate(2, rows);
    lines = [...files.values()].flatMap((file) => {
      const text = gunzipSync(file).toString("utf8").trimEnd().split("\n");
      expect(text.shift()).toBe(activityFields.join(","));
      return text.map((line) => line.split(","));
    });
  }, 60_000);

  it("has 17 parts of about one size, named as an export names them, each with every day", () => {
    expect([...files.keys()]).toEqual(
      Array.from({ length: 17 }, (_, part) => `0000000000${String(part).padStart(2, "0")}.csv.gz`),
    );
    for (const file of files.values()) {
      const text = gunzipSync(file).toString("utf8").trimEnd().split("\n").slice(1);
      expect(Math.abs(text.length - rows / 17)).toBeLessThan(31);
      expect(new Set(text.map((line) => line.split(",")[1])).size).toBe(days);
    }
    expect(lines).toHaveLength(rows);
    expect(new Set(lines.map((fields) => fields.slice(0, 3).join())).size).toBe(rows);
  });

  it("is the same to the byte for the same seed, and other for another", async () => {
    const small = await generate(1, 2_000);
    expect(await generate(1, 2_000)).toEqual(small);
    expect(await generate(2, 2_000)).not.toEqual(small);
  });

  it("has the days, with weekend peaks and 215,000 to 290,000 users a day at full size", () => {
    const ofDay = [...Map.groupBy(column("event_date"), (day) => day)].map(([day, { length }]) => ({
      day,
      users: (length * realSize.rows) / rows,
      isWeekend: [0, 6].includes(new Date(day).getUTCDay()),
    }));
    const dates = ofDay.map(({ day }) => day).sort();
    expect([dates[0], dates.at(-1)]).toEqual(["2024-02-15", "2024-03-15"]);
    expect(Math.min(...ofDay.map(({ users }) => users))).toBeGreaterThan(215_000);
    expect(Math.max(...ofDay.map(({ users }) => users))).toBeLessThan(290_000);
    const least = Math.min(...ofDay.filter(({ isWeekend }) => isWeekend).map(({ users }) => users));
    const most = Math.max(...ofDay.filter(({ isWeekend }) => !isWeekend).map(({ users }) => users));
    expect(least).toBeGreaterThan(most);
  });

  it("has platforms in lower case, two thirds of them Android", () => {
    const platforms = column("platform");
    expect(new Set(platforms)).toEqual(new Set(["android", "ios"]));
    expect(shareOf(platforms, "android")).toBeCloseTo(0.66, 2);
  });

  it("has countries by English names, with their shares, and some blank", () => {
    const countries = column("country");
    const shares = Object.entries({
      ...{ Türkiye: 0.091, Brazil: 0.084, Russia: 0.071, "United States": 0.07, India: 0.05 },
      ...{ Vietnam: 0.042, Ukraine: 0.037, Indonesia: 0.028, "": 0.0025 },
    });
    for (const [country, share] of shares) {
      expect([country, Math.abs(shareOf(countries, country) / share - 1)]).toEqual([
        country,
        expect.toSatisfy((error) => error < 0.1),
      ]);
    }
    expect(countries).toEqual(
      expect.arrayContaining(["Côte d’Ivoire", "Myanmar (Burma)", "Bosnia & Herzegovina", "Hong Kong"]),
    );
  });

  it("has amounts as float64 is printed, which add up to those of the export", () => {
    const [purchases, ads] = [column("iap_revenue"), column("ad_revenue")];
    for (const text of new Set([...purchases, ...ads])) {
      expect(text).toMatch(/^(\d+\.\d+|\d(\.\d+)?e-\d+)$/);
      expect(text.replace(/e.*|\./g, "").replace(/^0+/, "").length).toBeLessThanOrEqual(17);
    }
    expect(ads.some((text) => /^\d\.\de-4$/.test(text))).toBe(true);
    expect(ads.some((text) => /^\d(\.\d)?e-0\d$/.test(text))).toBe(true);
    expect(purchases.some((text) => text.replace(/\.|^0\./, "").length >= 16)).toBe(true);
    const total = (texts: string[]) => (sum(texts.map(Number)) * realSize.rows) / rows;
    // Few users buy much.
    expect(Math.abs(total(purchases) / 933_580 - 1)).toBeLessThan(0.15);
    expect(Math.abs(total(ads) / 146_371 - 1)).toBeLessThan(0.05);
  });
});
