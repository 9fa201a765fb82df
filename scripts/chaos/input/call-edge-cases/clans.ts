import { type CallEdgeCase, owl, postClan } from "./call-edge-case.ts";

export function clanEdgeCases(): CallEdgeCase[] {
  const names: Record<string, string> = {
    a: "a",
    [owl.repeat(64)]: owl.repeat(64),
    ["x".repeat(64)]: "x".repeat(64),
    [` ${"y".repeat(64)}\t`]: "y".repeat(64),
    ["e\u0301".repeat(64)]: "é".repeat(64),
    // In NFC, a letter and a sign, which people count as one character.
    ["\u0958".repeat(64)]: "\u0915\u093c".repeat(64),
    __proto__x: "__proto__x",
    "\ufeffb\u3000": "b",
  };
  const invalidNames = [
    "",
    " ",
    "\t\n",
    "x".repeat(65),
    owl.repeat(65),
    "e\u0301".repeat(65),
    "\u0958".repeat(65),
    "a\0b",
    "a\tb",
  ];
  const regions: [json: string, stored: string | null][] = [
    ['"EU"', "EU"],
    ['"eu"', "EU"],
    ['"ABCDEFGH"', "ABCDEFGH"],
    ['"EU-12345678"', "EU-12345678"],
    ["null", null],
  ];
  const invalidRegions = [
    '"E"',
    '"ABCDEFGHI"',
    '"EU-"',
    '"EU-123456789"',
    '"EU "',
    '"EU\\n"',
    '"ÉU"',
    '"ſſ"',
    '""',
    "0",
    "[]",
  ];
  return [
    ...Object.entries(names).map(([sent, name]) => ({
      request: postClan(JSON.stringify({ name: sent })),
      clan: { name, region: null },
    })),
    ...[...invalidNames.map((name) => JSON.stringify(name)), '"\\ud800"', "null", "1", "[]", "{}"].map(
      (name) => ({
        request: postClan(`{"name":${name}}`),
        rejected: "name",
      }),
    ),
    { request: postClan("{}"), rejected: "name" },
    ...regions.map(([sent, region]) => ({
      request: postClan(`{"name":"region","region":${sent}}`),
      clan: { name: "region", region },
    })),
    ...invalidRegions.map((sent) => ({
      request: postClan(`{"name":"x","region":${sent}}`),
      rejected: "region",
    })),
  ];
}
