import { expect, it } from "vitest";
import { type ReadJson, undeclaredGrants } from "./undeclared-grants.ts";

const service = "projects/game/locations/europe-west1/services/clan-service";
const dataset = "projects/game/datasets/clan_case_raw";
const account = "projects/game/serviceAccounts/clan-service@game.iam.gserviceaccount.com";
const sync = "serviceAccount:clan-sync@game.iam.gserviceaccount.com";

const state = {
  deployment: {
    resources: [
      { type: "clan-platform:index:ClanService" },
      { type: "gcp:cloudrunv2/service:Service", id: service },
      {
        type: "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
        id: `${service}/roles/run.invoker/user:ada@example.com`,
      },
      { type: "gcp:bigquery/dataset:Dataset", id: dataset },
      {
        type: "gcp:bigquery/datasetIamMember:DatasetIamMember",
        id: `${dataset}/roles/bigquery.dataEditor/${sync}`,
      },
      { type: "gcp:serviceaccount/account:Account", id: account },
    ],
  },
};

/** Google's answers by method and address; any other request fails. */
const google =
  (answers: Record<string, unknown>): ReadJson =>
  async (method, url) => {
    const answer = answers[`${method} ${url}`];
    if (!answer) throw new Error(`unexpected request: ${method} ${url}`);
    return answer;
  };

const run = `GET https://run.googleapis.com/v2/${service}:getIamPolicy`;
const bigquery = `GET https://bigquery.googleapis.com/bigquery/v2/${dataset}`;
const iam = `POST https://iam.googleapis.com/v1/${account}:getIamPolicy`;
const asDeclared = {
  [run]: { bindings: [{ role: "roles/run.invoker", members: ["user:Ada@example.com"] }] },
  [bigquery]: {
    access: [
      { role: "OWNER", specialGroup: "projectOwners" },
      { role: "WRITER", userByEmail: "clan-sync@game.iam.gserviceaccount.com" },
    ],
  },
  [iam]: { etag: "ACAB" },
};

it("finds nothing while every grant is declared", async () => {
  expect(await undeclaredGrants(state, google(asDeclared))).toEqual([]);
});

it("finds grants that somebody added by hand, to anyone and on any of our resources", async () => {
  const changed = {
    [run]: { bindings: [{ role: "roles/run.invoker", members: ["user:ada@example.com", "allUsers"] }] },
    [bigquery]: {
      access: [
        { role: "READER", userByEmail: "eve@example.com" },
        { role: "roles/bigquery.metadataViewer", iamMember: "allAuthenticatedUsers" },
        { role: "OWNER", groupByEmail: "friends@example.com" },
      ],
    },
    [iam]: {
      bindings: [{ role: "roles/iam.serviceAccountTokenCreator", members: ["user:eve@example.com"] }],
    },
  };
  expect(await undeclaredGrants(state, google(changed))).toEqual([
    `${dataset}/roles/bigquery.dataOwner/group:friends@example.com`,
    `${dataset}/roles/bigquery.dataViewer/user:eve@example.com`,
    `${dataset}/roles/bigquery.metadataViewer/allAuthenticatedUsers`,
    `${service}/roles/run.invoker/allUsers`,
    `${account}/roles/iam.serviceAccountTokenCreator/user:eve@example.com`,
  ]);
});

it("fails instead of finding nothing when Google refuses to answer", async () => {
  await expect(undeclaredGrants(state, google({}))).rejects.toThrow("unexpected request");
});
