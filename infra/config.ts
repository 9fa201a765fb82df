import { UserFacingError } from "@clan-platform/contract/errors.ts";
import { parseApiKeys } from "@clan-platform/service/http/api-key-entries.ts";
import { z } from "zod";
import { maxConnections, tierProblem } from "./database-tier.ts";

const whole = (from: number, to: number) => {
  const error = `a whole number from ${from} to ${to}`;
  return z.int(error).min(from, error).max(to, error);
};
const matching = (form: RegExp, error: string) => z.string(error).regex(form, error);
const oneOf = <const T extends string>(...values: T[]) => z.enum(values, `one of: ${values.join(", ")}`);
const email = matching(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "an e-mail address");

// Not IAM's allUsers and allAuthenticatedUsers: public access is `access: public`, which needs API keys.
const invoker = matching(
  /^(user|group|serviceAccount|domain):\S+$/,
  "members such as user:ada@example.com or serviceAccount:game@my-game.iam.gserviceaccount.com",
);

const Settings = z.strictObject({
  "gcp:project": matching(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, "the id of a Google Cloud project"),
  "gcp:region": matching(/^[a-z]+-[a-z]+\d+$/, "a region such as europe-west1"),
  /** Location of the datasets and the scheduled queries. */
  location: matching(/^(EU|US|[a-z]+-[a-z]+\d+)$/, "EU, US or a region").default("EU"),
  /** Whether resources that hold data are protected against deletion. */
  protect: z.boolean("true or false"),
  /** `private`: the database has no public address, and the service reaches it over a dedicated network. */
  network: oneOf("public", "private"),
  /** `private`: only `invokers` may call the service. `public`: anyone may, and writes need an API key. */
  access: oneOf("private", "public").default("private"),
  invokers: z.array(invoker, "a list of members").default([]),
  /** The API keys: names, scopes and SHA-256, which is enough to check a key and useless to a reader of the settings. */
  apiKeys: z.array(z.string("a text"), "a list").transform(checkEntries).default([]),
  /** Whose tokens make a caller a player; game clients then hold no key. */
  playerTokens: z
    .strictObject({
      issuer: z.string("a text").min(1, "a text"),
      audience: z.string("a text").min(1, "a text"),
      jwksUrl: matching(/^https:\/\/[^\s@]+$/, "an https URL such as https://id.example.com/jwks.json"),
    })
    .optional(),
  /** Origins of browser games whose pages may call the service. */
  corsOrigins: z
    .array(matching(/^https?:\/\/[a-z0-9.:[\]-]+$/, "origins such as https://play.example.com"), "a list")
    .default([]),
  /** An image that another stack has built and pushed, by its digest; without it, this stack builds its own. */
  imageDigest: matching(
    /^[a-z0-9-]+-docker\.pkg\.dev\/[\w./:-]+@sha256:[0-9a-f]{64}$/,
    "an image by its digest, such as the output imageDigest of the stack that built it",
  ).optional(),
  /** Members outside the project who may pull this stack's images: the Cloud Run agent and the deployer of another stack. */
  imageReaders: z.array(invoker, "a list of members").default([]),
  databaseTier: z.string("a Cloud SQL tier"),
  databaseAvailability: oneOf("zonal", "regional"),
  databaseDiskGb: whole(10, 65_536).default(10),
  databaseMaxDiskGb: whole(10, 65_536).default(100),
  /** IAM members that may open the deployed dashboard; without any, there is none. */
  dashboardViewers: z.array(invoker, "a list of members").default([]),
  /** Activity in PostgreSQL that is older is removed: whole months, once their last day has expired. BigQuery keeps its own. */
  activityRetentionDays: whole(31, 36_500).default(400),
  /** People who may read the database, through the Auth Proxy. */
  databaseReaders: z.array(email, "a list of e-mail addresses").default([]),
  /** Allows settings that replace the database instance, in spite of `protect`; the old instance is left running. */
  replaceDatabase: z.boolean("true or false").default(false),
  minInstances: whole(0, 100),
  maxInstances: whole(1, 100),
  /** Connections to the database per instance of the service. */
  poolMax: whole(1, 100),
  /** How often user activity is synced and the touched days are recomputed; `daily`: once, before `dailyAt`. */
  syncEvery: oneOf("5 minutes", "15 minutes", "30 minutes", "60 minutes", "daily").default("15 minutes"),
  /**
   * When the metrics are computed, UTC. User activity is synced before, when the day is over, and the metrics are checked
   * after, both on the same day. A schedule on the hour may fire twice.
   */
  dailyAt: matching(
    /^(?!00:[012]|23:[345])([01]\d|2[0-3]):(?!00|30)[0-5]\d$/,
    "a time from 00:31 to 23:29, off the hour and the half hour, such as 03:17",
  ).default("03:17"),
  /** How many days, up to yesterday, are recomputed each time, so that late activity counts. */
  windowDays: whole(1, 90).default(3),
  alertEmail: email.optional(),
  /** The three together: alerts go to a Slack channel as well. The token is a secret. */
  slackChannel: matching(/^#\S+$/, "a channel such as #clan-alerts").optional(),
  slackWorkspace: z.string("the name of a Slack workspace").min(1).optional(),
  slackToken: matching(/^xox[a-z]-\S+$/, "a bot's OAuth token, which begins with xoxb-").optional(),
  /** A URL to which every alert is posted. A secret, because it may hold a token. */
  alertWebhook: matching(/^https:\/\/\S+$/, "a URL that begins with https://").optional(),
  budget: z
    .strictObject({
      billingAccount: matching(/^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$/, "such as 012345-6789AB-CDEF01"),
      monthlyAmount: whole(1, 1_000_000),
      currency: matching(/^[A-Z]{3}$/, "the billing account's currency, such as EUR").default("USD"),
    })
    .optional(),
  /** The repository on GitHub, as owner/name, whose workflows may preview and deploy. */
  github: matching(/^[\w.-]+\/[\w.-]+$/, "owner/name").optional(),
});

/** As the service will read them, so that a mistake fails the preview instead of the service's start. */
function checkEntries(entries: string[], context: z.RefinementCtx): string[] {
  try {
    parseApiKeys(entries.join(" "));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const message = `a list of NAME:SHA256:SCOPE,SCOPE or SHA-256 hashes in hex; ${error.message}`;
    context.addIssue({ code: "custom", message });
  }
  return entries;
}

const renamed: Record<string, string> = { apiKeyHashes: "apiKeys, which takes its hashes as well" };

type Values = z.infer<typeof Settings>;

/** A stack's settings. Days and times are UTC. */
export interface Config extends Omit<Values, "gcp:project" | "gcp:region"> {
  project: string;
  region: string;
}

/** Invalid settings of a stack: the message names each one, its value, and what is allowed, a line each. */
export class ConfigError extends UserFacingError {
  override name = "ConfigError";
}

/**
 * Parses a stack's settings as `pulumi.runtime.allConfig()` returns them: strings by their full name.
 * @throws {ConfigError}
 */
export function parseConfig(all: Record<string, string>): Config {
  const own = Object.entries(all).filter(([key]) => /^(clan-platform:|gcp:(project|region)$)/.test(key));
  const given = Object.fromEntries(own.map(([key, text]) => [key.replace("clan-platform:", ""), read(text)]));
  const result = Settings.safeParse(given);
  if (!result.success)
    throw new ConfigError(result.error.issues.map((issue) => explain(issue, given)).join("\n"));
  const { "gcp:project": project, "gcp:region": region, ...rest } = result.data;
  const config = { project, region, ...rest };
  const conflicts = [...conflictsOf(config)];
  if (conflicts.length > 0) throw new ConfigError(conflicts.join("\n"));
  return config;
}

/** Lists, objects, numbers and booleans are JSON in a stack's settings; everything else is plain text. */
function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const fullName = (key: string) => (key.startsWith("gcp:") ? key : `clan-platform:${key}`);

function explain(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  if (issue.code === "unrecognized_keys" && issue.path.length === 0) {
    const now = issue.keys.map((key) => renamed[key]).find(Boolean);
    if (now) return `${issue.keys.map(fullName).join(", ")}: this setting is now ${now}`;
    const known = Object.keys(Settings.shape).join(", ");
    return `${issue.keys.map(fullName).join(", ")}: there is no such setting; the settings are ${known}`;
  }
  const [key = ""] = issue.path.map(String);
  const name = fullName(issue.path.join("."));
  if (given[key] === undefined) {
    return `${name} is not set: it must be ${issue.message} (pulumi config set ${name} …)`;
  }
  // A secret, or a key that was set instead of its hash, must not appear in logs.
  const was = ["apiKeys", "slackToken", "alertWebhook"].includes(key) ? "wrong" : JSON.stringify(given[key]);
  return `${name} is ${was}: it must be ${issue.message}`;
}

/** Problems with settings that are valid on their own but conflict with each other. */
function* conflictsOf(config: Config): Generator<string> {
  const { location, region, access, apiKeys, invokers, databaseTier } = config;
  // From EU, BigQuery can query databases in the European Union only, so none in London or Zürich.
  const isEu = /^europe-(?!west[26]$)/.test(region);
  const belongs = { EU: isEu, US: region.startsWith("us-") }[location] ?? location === region;
  if (!belongs)
    yield `clan-platform:location is ${location}, and gcp:region is ${region}: both must be in the same place (the name of a region is a location too)`;
  if (access === "public" && apiKeys.length === 0 && !config.playerTokens) {
    yield "clan-platform:access is public: clan-platform:apiKeys must contain at least one, or playerTokens be set, or anyone may write";
  }
  if (access === "public" && invokers.length > 0) {
    yield "clan-platform:access is public: clan-platform:invokers must be empty, because anyone may call";
  }
  if (config.minInstances > config.maxInstances) {
    yield `clan-platform:minInstances is ${config.minInstances}: it must not exceed maxInstances, ${config.maxInstances}`;
  }
  if (config.databaseMaxDiskGb < config.databaseDiskGb) {
    yield `clan-platform:databaseMaxDiskGb is ${config.databaseMaxDiskGb}: it must not be below databaseDiskGb, ${config.databaseDiskGb}`;
  }
  const slack = ["slackChannel", "slackWorkspace", "slackToken"] as const;
  const unset = slack.filter((key) => config[key] === undefined);
  if (unset.length > 0 && unset.length < slack.length) {
    yield `clan-platform:${unset.join(", clan-platform:")} must be set too: Slack needs its channel, workspace and token`;
  }
  const problem = tierProblem(databaseTier);
  if (problem) yield `clan-platform:databaseTier is ${databaseTier}: ${problem}`;
  else yield* connectionProblem(config);
}

/** Connections for the migration, BigQuery, people, and Cloud SQL itself. */
const reserve = 10;

/** How many connections the database accepts. */
export const databaseConnections = ({ databaseTier }: Config) => maxConnections(databaseTier);

/** How many connections may be in use at most: during a rollout, both revisions of the service run. */
export const neededConnections = ({ maxInstances, poolMax }: Config) => maxInstances * poolMax * 2 + reserve;

function* connectionProblem(config: Config): Generator<string> {
  const { maxInstances, poolMax, databaseTier } = config;
  const [needed, available] = [neededConnections(config), databaseConnections(config)];
  if (needed <= available) return;
  yield `clan-platform:maxInstances is ${maxInstances} and poolMax ${poolMax}: with both revisions of a rollout (× 2) and a reserve of ${reserve}, that is up to ${needed} connections, and ${databaseTier} accepts ${available}`;
}
