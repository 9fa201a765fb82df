import { z } from "zod";
import { described } from "./described.ts";
import { playerTokens } from "./player-token-settings.ts";
import {
  apiKeys,
  email,
  imageByDigest,
  matching,
  members,
  oneOf,
  origins,
  people,
  whole,
} from "./setting-forms.ts";

const instance = "[Cloud SQL, instance](costs.md)";
const disk = "[Cloud SQL, disk](costs.md) and backups";
const queries = "[BigQuery, queries](costs.md)";
const alerts = "nothing; the alerts exist without it";

/** A stack's settings, by the names that `pulumi config set` takes. docs/settings.md is generated from what describes them. */
export const StackSettings = z.strictObject({
  "gcp:project": described(
    matching(
      /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
      "the id of a Google Cloud project, such as my-game-dev: not its name or number, and not of a domain (example.com:…)",
    ),
    {
      meaning: "the project of all resources",
      costs: "nothing",
      example: "my-game-dev",
    },
  ),
  "gcp:region": described(matching(/^[a-z]+-[a-z]+\d+$/, "a region such as europe-west1"), {
    meaning:
      "the region of all resources. Another one replaces the database: [how to move it](replace-database.md)",
    costs: "European regions up to 10 % more than us-central1",
    example: "us-central1",
  }),
  location: described(matching(/^(EU|US|[a-z]+-[a-z]+\d+)$/, "EU, US or a region").default("EU"), {
    meaning:
      "location of the datasets and scheduled queries: `EU` for regions in the European Union (from `EU`, BigQuery can't query a database in London or Zürich), `US`, or the region itself",
    costs: "nothing",
    example: "US",
  }),
  protect: described(z.boolean("true or false"), {
    meaning:
      "whether everything that holds data, and the clan service, is protected against deletion. What another setting adds, such as the dashboard or a reader's login, can still be removed with it",
    costs: "nothing",
    example: true,
  }),
  network: described(oneOf("public", "private"), {
    meaning:
      "`private`: the database has no public address, and the service reaches it over a dedicated network",
    costs: "nothing",
    example: "private",
  }),
  access: described(oneOf("private", "public").default("private"), {
    meaning:
      "`private`: only `invokers` may call the service. `public`: anyone may; writes need an API key or a player's token",
    costs: "nothing",
    example: "public",
  }),
  invokers: described(members.default([]), {
    meaning: "members (`user:…`, `group:…`, `serviceAccount:…`, `domain:…`) who may call the service",
    costs: "nothing",
    example: ["user:ada@example.com"],
  }),
  apiKeys: described(apiKeys.default([]), {
    meaning:
      "the API keys: a list of `NAME:SHA256:SCOPE,SCOPE`, as in [`API_KEYS`](api.md#api-keys). The hash is enough to check a key, and useless to a reader of the settings. With `access: private`, a client sends its key in `Authorization` and its identity token in `X-Serverless-Authorization`",
    costs: "nothing",
    example: [`game:${"c0ffee00".repeat(8)}:clans:write`],
  }),
  playerTokens: playerTokens.optional(),
  corsOrigins: described(origins.default([]), {
    meaning: "origins of browser games whose pages may call the service",
    costs: "nothing",
    example: ["https://play.example.com"],
  }),
  imageDigest: described(imageByDigest.optional(), {
    meaning:
      "an image that another stack has built and pushed, by its digest, to deploy instead of building one ([promotion](deploy.md#promote-from-dev-to-prod))",
    costs: "nothing",
    example: `europe-west1-docker.pkg.dev/my-game-dev/clan-platform/clan-service@sha256:${"c0ffee00".repeat(8)}`,
  }),
  imageReaders: described(members.default([]), {
    meaning:
      "members outside the project who may pull this stack's images: the Cloud Run agent and the deployer of another stack",
    costs: "nothing",
    example: ["serviceAccount:clan-deployer@my-game-prod.iam.gserviceaccount.com"],
  }),
  databaseTier: described(z.string("a Cloud SQL tier"), {
    meaning: "machine type of the database; another one restarts it",
    costs: instance,
    example: "db-custom-4-15360",
  }),
  databaseAvailability: described(oneOf("zonal", "regional"), {
    meaning: "`regional`: a standby in a second zone takes over when the first fails",
    costs: "`regional` doubles [Cloud SQL, instance and disk](costs.md)",
    example: "regional",
  }),
  databaseDiskGb: described(whole(10, 65_536).default(10), {
    meaning: "initial size of the disk, which grows by itself",
    costs: disk,
    example: 50,
  }),
  databaseMaxDiskGb: described(whole(10, 65_536).default(100), {
    meaning: "size up to which the disk grows",
    costs: disk,
    example: 500,
  }),
  dashboardViewers: described(members.default([]), {
    meaning:
      "members (`user:…`, `group:…`) who may open the [deployed dashboard](deployed-dashboard.md); without any, there is none",
    costs: "[the deployed dashboard](costs.md)",
    example: ["group:analysts@example.com"],
  }),
  dashboardImageDigest: described(imageByDigest.optional(), {
    meaning:
      "as `imageDigest`, for the image of the deployed dashboard: the output `dashboardImageDigest` of the stack that built it",
    costs: "nothing",
    example: `europe-west1-docker.pkg.dev/my-game-dev/clan-platform/clan-dashboard@sha256:${"c0ffee00".repeat(8)}`,
  }),
  activityRetentionDays: described(whole(31, 36_500).default(400), {
    meaning:
      "days that PostgreSQL keeps user activity: whole quarters are removed once their last day has expired. BigQuery keeps its own ([details](retention.md))",
    costs: disk,
    example: 90,
  }),
  rawRetentionDays: described(whole(160, 36_500).optional(), {
    meaning:
      "days that BigQuery keeps user activity, row by row; without it, forever. It applies to what is stored already, which is gone for good some weeks later. Metrics stay ([details](retention.md#in-bigquery))",
    costs: "nothing; it saves [BigQuery, storage](costs.md)",
    example: 730,
  }),
  databaseReaders: described(people.default([]), {
    meaning: "e-mail addresses of the people who may read the database, through the Auth Proxy",
    costs: "nothing",
    example: ["ada@example.com"],
  }),
  replaceDatabase: described(z.boolean("true or false").default(false), {
    meaning:
      "allows another `gcp:region`, or `network: public` after `private`, in spite of `protect`: the database is [moved to a new instance](replace-database.md), and the old one left running",
    costs: "a second database until the old instance is deleted",
    example: true,
  }),
  minInstances: described(whole(0, 100), {
    meaning: "instances of the service that are kept warm; with 0, the first request waits for a start",
    costs: "[Cloud Run, kept warm](costs.md)",
    example: 1,
  }),
  maxInstances: described(whole(1, 100), {
    meaning:
      "instances of the service at most. With `poolMax`, it may not exceed the database's connections, both revisions of a rollout included",
    costs: "[Cloud Run, requests](costs.md), under load",
    example: 10,
  }),
  poolMax: described(whole(1, 100), {
    meaning: "connections to the database per instance of the service",
    costs: "nothing",
    example: 10,
  }),
  syncEvery: described(
    oneOf("5 minutes", "15 minutes", "30 minutes", "60 minutes", "daily").default("15 minutes"),
    {
      meaning:
        "how often user activity is synced from PostgreSQL and the days that it touched are recomputed; `daily`: once, before `dailyAt`. With `15 minutes`, a match at noon is usually on the dashboard within 20 minutes",
      costs: queries,
      example: "60 minutes",
    },
  ),
  dailyAt: described(
    matching(
      // A schedule on the hour may fire twice.
      /^(?!00:[012]|23:[345])([01]\d|2[0-3]):(?!00|30)[0-5]\d$/,
      "a time from 00:31 to 23:29, off the hour and the half hour, such as 03:17",
    ).default("03:17"),
    {
      meaning:
        "when the metrics are computed (UTC, 00:31 to 23:29). A daily sync is 30 minutes earlier, and the metrics are checked 30 minutes later",
      costs: "nothing",
      example: "05:10",
    },
  ),
  windowDays: described(whole(1, 90).default(3), {
    meaning:
      "days up to yesterday that are recomputed each time, in addition to the days that a sync touched, so that late activity counts",
    costs: queries,
    example: 7,
  }),
  alertEmail: described(email.optional(), {
    meaning: "where alerts are sent ([what is watched](operate.md#what-is-watched))",
    costs: alerts,
    example: "on-call@example.com",
  }),
  slackChannel: described(matching(/^#\S+$/, "a channel such as #clan-alerts").optional(), {
    meaning: "a channel that gets the alerts as well, together with `slackWorkspace` and `slackToken`",
    costs: alerts,
    example: "#clan-alerts",
  }),
  slackWorkspace: described(z.string("the name of a Slack workspace").min(1).optional(), {
    meaning: "the workspace of that channel",
    costs: alerts,
    example: "studio",
  }),
  slackToken: described(
    matching(/^xox[a-z]-\S+$/, "a bot's OAuth token, which begins with xoxb-").optional(),
    { meaning: "the bot's OAuth token", costs: alerts, example: "xoxb-TOKEN", isSecret: true },
  ),
  alertWebhook: described(matching(/^https:\/\/\S+$/, "a URL that begins with https://").optional(), {
    meaning: "a URL to which every alert is posted; a secret, because it may hold a token",
    costs: alerts,
    example: "https://hooks.example.com/TOKEN",
    isSecret: true,
  }),
  budget: z
    .strictObject({
      billingAccount: described(
        matching(/^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$/, "such as 012345-6789AB-CDEF01"),
        {
          meaning:
            "the billing account of a budget, which notifies when half and all of its amount is spent, and when all of it is forecast to be ([what it needs](deploy.md#a-budget))",
          costs: "nothing",
          example: "012345-6789AB-CDEF01",
        },
      ),
      monthlyAmount: described(whole(1, 1_000_000), {
        meaning: "that amount per month",
        costs: "nothing",
        example: 300,
      }),
      currency: described(
        matching(/^[A-Z]{3}$/, "the billing account's currency, such as EUR").default("USD"),
        { meaning: "the currency of the billing account", costs: "nothing", example: "EUR" },
      ),
    })
    .optional(),
  github: described(matching(/^[\w-]+\/(?!\.{1,2}$)[\w.-]+(?<!\.git)$/, "owner/name").optional(), {
    meaning:
      "the repository on GitHub, as owner/name and spelled as there, whose workflows may preview and deploy ([without keys](deploy.md#deploy-from-github-without-keys))",
    costs: "nothing",
    example: "studio/clan-platform",
  }),
});
