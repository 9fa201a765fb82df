import { describe, expect, it } from "vitest";
import { type Config, ConfigError, databaseConnections, neededConnections, parseConfig } from "./config.ts";
import { configOf, project, settingsOf } from "./testing/recorded.ts";

/** The settings without a default. */
const least = {
  "gcp:project": project,
  "gcp:region": "europe-west1",
  "clan-platform:protect": "false",
  "clan-platform:network": "public",
  "clan-platform:databaseTier": "db-g1-small",
  "clan-platform:databaseAvailability": "zonal",
  "clan-platform:minInstances": "0",
  "clan-platform:maxInstances": "2",
  "clan-platform:poolMax": "5",
};

/** The error message for invalid settings; empty for valid ones. */
function complaint(settings: Record<string, string>): string {
  try {
    parseConfig(settings);
    return "";
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
}

const complaintOf = (key: string, text: string, others: Record<string, string> = {}) =>
  complaint({ ...least, ...named(others), ...named({ [key]: text }) });

const named = (settings: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(settings).map(([key, text]) => [key.includes(":") ? key : `clan-platform:${key}`, text]),
  );

it("needs few settings, and defaults to private and small", () => {
  expect(parseConfig(least)).toEqual({
    project,
    region: "europe-west1",
    location: "EU",
    protect: false,
    network: "public",
    access: "private",
    invokers: [],
    apiKeys: [],
    corsOrigins: [],
    dashboardViewers: [],
    imageReaders: [],
    databaseTier: "db-g1-small",
    databaseAvailability: "zonal",
    databaseDiskGb: 10,
    databaseMaxDiskGb: 100,
    activityRetentionDays: 400,
    databaseReaders: [],
    replaceDatabase: false,
    minInstances: 0,
    maxInstances: 2,
    poolMax: 5,
    syncEvery: "15 minutes",
    dailyAt: "03:17",
    windowDays: 3,
  } satisfies Config);
});

it.each(Object.keys(least))("has no default for %s, and names the command that sets it", (key) => {
  const { [key]: _, ...others } = least as Record<string, string>;
  expect(complaint(others)).toMatch(
    new RegExp(`^${key} is not set: it must be .+ \\(pulumi config set ${key} …\\)$`),
  );
});

it("reads values as `pulumi config set` stores them", () => {
  const hash = "c0ffee00".repeat(8);
  const texts = {
    maxInstances: "5",
    poolMax: "2",
    protect: "true",
    access: "public",
    apiKeys: `["${hash}"]`,
    corsOrigins: '["https://play.example.com"]',
    playerTokens:
      '{"issuer":"https://id.example.com","audience":"game","jwksUrl":"https://id.example.com/jwks.json"}',
    databaseReaders: '["ada@example.com"]',
    budget: '{"billingAccount":"012345-6789AB-CDEF01","monthlyAmount":300}',
    dailyAt: "04:05",
    github: "studio/clan-platform",
  };
  expect(parseConfig({ ...least, ...named(texts) })).toMatchObject({
    maxInstances: 5,
    poolMax: 2,
    protect: true,
    access: "public",
    apiKeys: [hash],
    corsOrigins: ["https://play.example.com"],
    playerTokens: {
      issuer: "https://id.example.com",
      audience: "game",
      jwksUrl: "https://id.example.com/jwks.json",
    },
    databaseReaders: ["ada@example.com"],
    budget: { billingAccount: "012345-6789AB-CDEF01", monthlyAmount: 300, currency: "USD" },
    dailyAt: "04:05",
    github: "studio/clan-platform",
  });
  const invokers = '["user:a@b.example", "serviceAccount:game@my-game.iam.gserviceaccount.com"]';
  expect(parseConfig({ ...least, ...named({ invokers }) }).invokers).toHaveLength(2);
});

it("takes texts that look like numbers, members of every form, and addresses with capital letters", () => {
  const config = parseConfig({
    ...least,
    ...named({
      slackChannel: "#alerts",
      slackWorkspace: "2048",
      slackToken: "xoxb-1",
      // As `pulumi config set --path playerTokens.audience 1234567890123` stores it.
      playerTokens: '{"issuer":"a","audience":1234567890123,"jwksUrl":"https://a.example/"}',
      invokers:
        '["serviceAccount:my-game.svc.id.goog[games/server]","domain:example.com","group:a+b@c.example"]',
      databaseReaders: '["Ada@Example.com"]',
      corsOrigins: '["https://my_game.example.com"]',
    }),
  });
  expect(config).toMatchObject({
    slackWorkspace: "2048",
    playerTokens: { audience: "1234567890123" },
    // The name that the login has in PostgreSQL.
    databaseReaders: ["ada@example.com"],
  });
  expect(config.invokers).toHaveLength(3);
});

it("leaves the settings of other programs and providers alone", () => {
  expect(complaint({ ...least, "gcp:impersonateServiceAccount": "x", "other:protect": "perhaps" })).toBe("");
});

describe("an invalid setting is named, with its value and what is allowed", () => {
  const wholeTo = (most: number, from = 1) => `a whole number from ${from} to ${most}`;
  const members =
    "members such as user:ada@example.com or serviceAccount:game@my-game.iam.gserviceaccount.com";
  const budget = (fields: object) =>
    JSON.stringify({ billingAccount: "012345-6789AB-CDEF01", monthlyAmount: 300, ...fields });

  it.each([
    ["gcp:project", "My Project", "the id of a Google Cloud project"],
    ["gcp:project", "p", "the id of a Google Cloud project"],
    ["gcp:region", "Europe", "a region such as europe-west1"],
    ["location", "europe", "EU, US or a region"],
    ["protect", "yes", "true or false"],
    ["network", "vpc", "one of: public, private"],
    ["access", "open", "one of: private, public"],
    ["databaseAvailability", "REGIONAL", "one of: zonal, regional"],
    ["databaseDiskGb", "9", wholeTo(65_536, 10)],
    ["activityRetentionDays", "30", wholeTo(36_500, 31)],
    ["databaseMaxDiskGb", "65537", wholeTo(65_536, 10)],
    ["minInstances", "-1", wholeTo(100, 0)],
    ["maxInstances", "0", wholeTo(100)],
    ["maxInstances", "2.5", wholeTo(100)],
    ["maxInstances", "many", wholeTo(100)],
    ["poolMax", "101", wholeTo(100)],
    ["rawRetentionDays", "159", wholeTo(36_500, 160)],
    ["windowDays", "91", wholeTo(90)],
    ["dailyAt", "03:00", "off the hour"],
    ["dailyAt", "24:10", "off the hour"],
    ["dailyAt", "3:17", "off the hour"],
    ["dailyAt", "317", "off the hour"],
    // The checks run half an hour later: on the hour, …
    ["dailyAt", "02:30", "off the hour"],
    // … or on the next day.
    ["dailyAt", "23:45", "off the hour"],
    ["dailyAt", "00:05", "from 00:31 to 23:29"],
    ["alertEmail", "me", "an e-mail address"],
    ["github", "clan-platform", "owner/name"],
    ["github", "https://github.com/studio/clan-platform", "owner/name"],
    ["github", "studio/clan-platform.git", "owner/name"],
    ["github", "../..", "owner/name"],
    ["gcp:project", "example.com:my-project", "not its name or number, and not of a domain"],
    ["gcp:project", "123456789012", "such as my-game-dev"],
  ])("%s %s", (key, text, allowed) => {
    const name = key.includes(":") ? key : `clan-platform:${key}`;
    const value = /^-?[\d.]+$/.test(text) ? text : JSON.stringify(text);
    const message = complaintOf(key, text);
    expect(message.startsWith(`${name} is ${value}: it must be `), message).toBe(true);
    expect(message).toContain(allowed);
  });

  it.each([
    ["invokers", '["allUsers"]', "invokers.0", members],
    ["invokers", '["allAuthenticatedUsers"]', "invokers.0", members],
    ["invokers", '["ada@example.com"]', "invokers.0", members],
    ["invokers", "user:ada@example.com", "invokers", "a list of members"],
    ["apiKeys", '["my-plain-key"]', "apiKeys", "a list of NAME:SHA256:SCOPE,SCOPE or SHA-256 hashes in hex"],
    ["playerTokens", '{"issuer":"a","audience":[]}', "playerTokens.audience", "a text or a list of texts"],
    ["playerTokens", '{"audience":"a","jwksUrl":"https://a.example/"}', "playerTokens.issuer", "a text"],
    [
      "playerTokens",
      '{"issuer":"a","audience":"a","jwksUrl":"http://a.example/"}',
      "playerTokens.jwksUrl",
      "an https URL such as",
    ],
    [
      "playerTokens",
      '{"issuer":"a","audience":"a","jwksUrl":"https://[a.example/"}',
      "playerTokens.jwksUrl",
      "an https URL such as",
    ],
    [
      "playerTokens",
      '{"issuer":"a","audience":1234567890123456789,"jwksUrl":"https://a.example/"}',
      "playerTokens.audience",
      "a text or a list of texts; more than 15 digits need quotes in the file Pulumi.STACK.yaml",
    ],
    ["corsOrigins", '["*"]', "corsOrigins.0", "origins such as https://play.example.com"],
    // As the service reads them: browsers leave out a scheme's own port.
    ["corsOrigins", '["https://a.example:443"]', "corsOrigins.0", "origins such as"],
    ["corsOrigins", '["http://[::1"]', "corsOrigins.0", "origins such as"],
    ["corsOrigins", '["https://a.example:99999"]', "corsOrigins.0", "origins such as"],
    ["corsOrigins", '["https://a.example/game"]', "corsOrigins.0", "origins such as"],
    ["databaseReaders", '["user:ada"]', "databaseReaders.0", "an e-mail address"],
    [
      "databaseReaders",
      '["report@my-game.iam.gserviceaccount.com"]',
      "databaseReaders.0",
      "an e-mail address of a person, not of a service account",
    ],
    [
      "databaseReaders",
      '["ada@example.com","Ada@example.com"]',
      "databaseReaders",
      "a list of e-mail addresses without repetitions",
    ],
    ["invokers", '["user:ada"]', "invokers.0", members],
    ["invokers", '["user:a@b.example,user:c@d.example"]', "invokers.0", members],
    [
      "dashboardViewers",
      '["user:a@b.example","user:A@b.example"]',
      "dashboardViewers",
      "a list of members without repetitions",
    ],
    ["budget", budget({ billingAccount: "0123" }), "budget.billingAccount", "such as 012345-6789AB-CDEF01"],
    ["budget", budget({ monthlyAmount: 0 }), "budget.monthlyAmount", wholeTo(1_000_000)],
    ["budget", budget({ monthlyAmount: "300" }), "budget.monthlyAmount", wholeTo(1_000_000)],
    [
      "budget",
      budget({ currency: "euro" }),
      "budget.currency",
      "the billing account's currency, such as EUR",
    ],
    ["budget", '{"monthlyAmount":300}', "budget.billingAccount", "such as 012345-6789AB-CDEF01"],
  ])("%s %s", (key, text, path, allowed) => {
    expect(complaintOf(key, text)).toMatch(new RegExp(`^clan-platform:${path.replace(".", "\\.")} is `));
    expect(complaintOf(key, text)).toContain(`it must be ${allowed}`);
  });

  it("with the field that is wrong, not the others", () => {
    expect(complaintOf("budget", budget({ billingAccount: "0123" }))).toBe(
      'clan-platform:budget.billingAccount is "0123": it must be such as 012345-6789AB-CDEF01',
    );
    expect(complaintOf("budget", '{"monthlyAmount":300}')).toBe(
      "clan-platform:budget.billingAccount is not set: it must be such as 012345-6789AB-CDEF01 (pulumi config set --path clan-platform:budget.billingAccount …)",
    );
  });

  it.each([
    [
      "invokers",
      "user:ada@example.com",
      "a list of members (pulumi config rm clan-platform:invokers && pulumi config set --path 'clan-platform:invokers[0]' …)",
    ],
    [
      "budget",
      "300",
      "set by its fields (pulumi config rm clan-platform:budget && pulumi config set --path 'clan-platform:budget.FIELD' …)",
    ],
    [
      "playerTokens",
      "https://id.example.com",
      "set by its fields (pulumi config rm clan-platform:playerTokens && pulumi config set --path 'clan-platform:playerTokens.FIELD' …)",
    ],
  ])("%s %s, with the commands that set it", (key, text, allowed) => {
    const value = text === "300" ? text : JSON.stringify(text);
    expect(complaintOf(key, text)).toBe(`clan-platform:${key} is ${value}: it must be ${allowed}`);
  });

  it("apiKeys, with the entry that is wrong", () => {
    expect(complaintOf("apiKeys", `["game:${"c0ffee00".repeat(8)}:clans:read"]`)).toContain(
      "game has a scope that does not exist; the scopes are clans:write",
    );
  });

  it("except a key that was set instead of its hash", () => {
    const message = complaintOf("apiKeys", '["my-plain-key"]');
    expect(message).toContain("SHA-256 hashes in hex");
    expect(message).not.toContain("my-plain-key");
  });

  it("clan-platform:databasTier, which does not exist", () => {
    expect(complaintOf("databasTier", "db-g1-small")).toMatch(
      /^clan-platform:databasTier: there is no such setting; the settings are gcp:project, .*databaseTier/,
    );
  });

  it("apiKeyHashes, which has another name now", () => {
    expect(complaintOf("apiKeyHashes", `["${"c0ffee00".repeat(8)}"]`)).toBe(
      "clan-platform:apiKeyHashes: this setting is now apiKeys, which takes its hashes as well",
    );
  });

  it("a field of budget that does not exist", () => {
    expect(complaintOf("budget", budget({ limit: 5 }))).toMatch(
      /^clan-platform:budget is .*limit.*: .*limit/,
    );
  });

  it("all of them at once", () => {
    const message = complaint({ ...least, ...named({ network: "vpc", poolMax: "0", protect: "no" }) });
    expect(message.split("\n").map((line) => line.split(" ")[0])).toEqual([
      "clan-platform:protect",
      "clan-platform:network",
      "clan-platform:poolMax",
    ]);
  });
});

describe("settings that conflict are named", () => {
  it.each([
    ["location", "US", {}, "location is US, and gcp:region is europe-west1: both must be in the same place"],
    [
      "gcp:region",
      "us-east1",
      {},
      "location is EU, and gcp:region is us-east1: both must be in the same place",
    ],
    [
      "gcp:region",
      "europe-west2",
      {},
      "location is EU, and gcp:region is europe-west2: both must be in the same place",
    ],
    [
      "gcp:region",
      "europe-west6",
      {},
      "location is EU, and gcp:region is europe-west6: both must be in the same place",
    ],
    ["location", "europe-west4", {}, "location is europe-west4, and gcp:region is europe-west1: both"],
    ["access", "public", {}, "access is public: clan-platform:apiKeys must contain at least one"],
    [
      "access",
      "public",
      { apiKeys: `["${"ab".repeat(32)}"]`, invokers: '["user:a@b.example"]' },
      "access is public: clan-platform:invokers must be empty",
    ],
    ["minInstances", "3", {}, "minInstances is 3: it must not exceed maxInstances, 2"],
    ["databaseDiskGb", "200", {}, "databaseMaxDiskGb is 100: it must not be below databaseDiskGb, 200"],
  ])("%s %s %o", (key, text, others, message) => {
    expect(complaintOf(key, text, others)).toContain(`clan-platform:${message}`);
  });

  it.each([
    ["gcp:region", "us-east1", { location: "US" }],
    ["gcp:region", "europe-west10", {}],
    ["gcp:region", "europe-west2", { location: "europe-west2" }],
    ["gcp:region", "asia-northeast1", { location: "asia-northeast1" }],
    ["access", "public", { apiKeys: `["${"ab".repeat(32)}"]` }],
    ["access", "public", { playerTokens: '{"issuer":"a","audience":"b","jwksUrl":"https://c.example/d"}' }],
    ["minInstances", "2", {}],
    ["databaseDiskGb", "100", {}],
  ])("but not %s %s with %o", (key, text, others) => {
    expect(complaintOf(key, text, others)).toBe("");
  });
});

describe("a database tier", () => {
  it.each([
    ["db-perf-optimized-N-2", "edition ENTERPRISE has db-f1-micro, db-g1-small and db-custom-CPUS-MEGABYTES"],
    ["db-n1-standard-1", "edition ENTERPRISE has"],
    ["db-custom-0-3840", "edition ENTERPRISE has"],
    ["db-custom-2-07680", "edition ENTERPRISE has"],
    ["db-custom-3-7680", "CPUs must be 1 or an even number up to 96"],
    ["db-custom-98-122880", "CPUs must be 1 or an even number up to 96"],
    ["db-custom-2-7700", "megabytes must be a multiple of 256, from 3840"],
    ["db-custom-1-3584", "megabytes must be a multiple of 256, from 3840"],
    ["db-custom-2-15360", "memory must be 0.9 to 6.5 GB per CPU"],
    ["db-custom-8-7168", "memory must be 0.9 to 6.5 GB per CPU"],
  ])("%s is refused: %s", (tier, message) => {
    expect(complaintOf("databaseTier", tier)).toContain(`clan-platform:databaseTier is ${tier}: ${message}`);
  });

  it.each([
    ["db-f1-micro", 25],
    ["db-g1-small", 50],
    ["db-custom-1-3840", 100],
    ["db-custom-2-5888", 100],
    ["db-custom-2-6144", 200],
    ["db-custom-2-7680", 400],
    ["db-custom-4-15360", 500],
    ["db-custom-8-30720", 600],
    ["db-custom-16-61440", 800],
    ["db-custom-32-122880", 1_000],
  ])("%s accepts %i connections", (databaseTier, connections) => {
    const config = configOf("dev", { databaseTier, maxInstances: 1, poolMax: 1 });
    expect(databaseConnections(config)).toBe(connections);
  });

  it("accepts as many connections as two revisions of the service and the reserve need, and not one more", () => {
    const others = { maxInstances: "10", minInstances: "0" };
    expect(complaintOf("poolMax", "2", others)).toBe("");
    expect(neededConnections(parseConfig({ ...least, ...named({ ...others, poolMax: "2" }) }))).toBe(50);
    expect(complaintOf("poolMax", "3", others)).toBe(
      "clan-platform:maxInstances is 10 and poolMax 3: with both revisions of a rollout (× 2) and a reserve of 10, that is up to 70 connections, and db-g1-small accepts 50",
    );
  });
});

it.each(["dev", "prod"] as const)("Pulumi.%s.yaml is valid", (stack) => {
  expect(complaint(settingsOf(stack))).toBe("");
  expect(configOf(stack).invokers).toEqual([]);
});
