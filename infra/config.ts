import { UserFacingError } from "@clan-platform/contract/errors.ts";
import type { z } from "zod";
import { maxConnections, tierProblem } from "./database-tier.ts";
import { StackSettings } from "./settings.ts";

const renamed: Record<string, string> = { apiKeyHashes: "apiKeys, which takes its hashes as well" };

type Values = z.infer<typeof StackSettings>;

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
  const given = Object.fromEntries(
    own
      .map(([key, text]) => [key.replace("clan-platform:", ""), text] as const)
      .map(([key, text]) => [key, read(key, text)]),
  );
  const result = StackSettings.safeParse(given);
  if (!result.success)
    throw new ConfigError(result.error.issues.map((issue) => explain(issue, given)).join("\n"));
  const { "gcp:project": project, "gcp:region": region, ...rest } = result.data;
  const config = { project, region, ...rest };
  const conflicts = [...conflictsOf(config)];
  if (conflicts.length > 0) throw new ConfigError(conflicts.join("\n"));
  return config;
}

/** Lists, objects, numbers and booleans are JSON in a stack's settings; everything else is plain text, which may look like JSON: a Slack workspace 2048. */
function read(key: string, text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  const form = Object.entries(StackSettings.shape).find(([name]) => name === key)?.[1];
  return form && !form.safeParse(value).success && form.safeParse(text).success ? text : value;
}

const fullName = (key: string) => (key.startsWith("gcp:") ? key : `clan-platform:${key}`);

function explain(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  if (issue.code === "unrecognized_keys" && issue.path.length === 0) {
    const now = issue.keys.map((key) => renamed[key]).find(Boolean);
    if (now) return `${issue.keys.map(fullName).join(", ")}: this setting is now ${now}`;
    const known = Object.keys(StackSettings.shape).join(", ");
    return `${issue.keys.map(fullName).join(", ")}: there is no such setting; the settings are ${known}`;
  }
  const [key = ""] = issue.path.map(String);
  const name = fullName(issue.path.join("."));
  const value = issue.path.reduce<unknown>(
    (inner, part) => (inner as Record<PropertyKey, unknown>)[part],
    given,
  );
  if (value === undefined) {
    const path = issue.path.length > 1 ? "--path " : "";
    return `${name} is not set: it must be ${issue.message} (pulumi config set ${path}${name} …)`;
  }
  // A secret, or a key that was set instead of its hash, must not appear in logs.
  const was = ["apiKeys", "slackToken", "alertWebhook"].includes(key) ? "wrong" : JSON.stringify(value);
  return `${name} is ${was}: it must be ${needed(issue, name)}`;
}

/** What is allowed and, for a setting that is a list or has fields but was set as a whole, how to set it. */
function needed(issue: z.core.$ZodIssue, name: string): string {
  const expected = issue.code === "invalid_type" ? issue.expected : "";
  const again = (path: string) => `pulumi config rm ${name} && pulumi config set --path '${name}${path}' …`;
  if (expected === "array") return `${issue.message} (${again("[0]")})`;
  if (expected === "object") return `set by its fields (${again(".FIELD")})`;
  return issue.message;
}

/** Problems with settings that are valid on their own but conflict with each other. */
function* conflictsOf(config: Config): Generator<string> {
  const { location, region, access, apiKeys, invokers, databaseTier } = config;
  // From EU, BigQuery can query databases in the European Union only, so none in London or Zürich
  // (https://cloud.google.com/bigquery/docs/federated-queries-intro#supported_regions).
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
