import { expect, it } from "vitest";
import { chooseCoding } from "./content-coding.ts";

const large = 10_000;
const small = 1_023;

it.each([
  ["", undefined],
  ["gzip", "gzip"],
  ["GZip", "gzip"],
  ["x-gzip", "gzip"],
  ["br", "br"],
  ["gzip, deflate, br, zstd", "br"],
  ["gzip;q=1.0, br;q=0.5", "gzip"],
  ["gzip ; q=0.5 , br ; q=0.501", "br"],
  ["*", "br"],
  ["br;q=0, *", "gzip"],
  ["*;q=0", undefined],
  ["gzip, *;q=0", "gzip"],
  ["gzip;q=0", undefined],
  ["gzip;q=0.000", undefined],
  ["identity", undefined],
  ["identity;q=0", undefined],
  ["identity;q=0, gzip;q=0.1", "gzip"],
  ["identity, gzip;q=0.5", undefined],
  ["identity;q=0.5, gzip;q=0.5", "gzip"],
  ["deflate, zstd, compress", undefined],
  ["gzip;q=2", undefined],
  ["gzip;q=abc, br;q=0.2", "br"],
  ["gzip;level=9, br;q=-1", undefined],
  [",,, ;q=1, gzip,", "gzip"],
  ["gzip,gzip;q=0", undefined],
] as const)("an answer of 10 kB to Accept-Encoding: %s is sent as %s", (accepted, coding) => {
  expect(chooseCoding(accepted, large)).toBe(coding);
});

it.each([
  ["gzip, br", undefined],
  ["*", undefined],
  ["gzip;q=1, identity;q=0.1", undefined],
  ["gzip, identity;q=0", "gzip"],
  ["br, *;q=0", "br"],
  ["*;q=0", undefined],
] as const)("a small answer to Accept-Encoding: %s is sent as %s", (accepted, coding) => {
  expect(chooseCoding(accepted, small)).toBe(coding);
});
