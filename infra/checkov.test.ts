import { readFileSync } from "node:fs";
import { matchesGlob } from "node:path";
import * as gcp from "@pulumi/gcp";
import { beforeAll, describe, expect, it } from "vitest";
import type { Recording } from "./recording/record.ts";
import { checkov, type Finding, type Findings, runCheckov } from "./testing/checkov.ts";
import { everyExtra, type Kind, one, recordStack } from "./testing/recorded.ts";
import { terraformPlan } from "./testing/terraform-plan.ts";

interface Waiver {
  check: string;
  /** What Checkov requires. */
  asks: string;
  stacks: string[];
  /** Addresses, or `TYPE.*` for all of a type. */
  resources: string[];
  /** Why it is not done. */
  reason: string;
}

const waivers: Waiver[] = JSON.parse(readFileSync(new URL("checkov-waivers.json", import.meta.url), "utf8"));

const dev = await recordStack("dev");
const prod = await recordStack("prod", everyExtra);

it("a stack is converted to a Terraform plan, with lists, blocks and maps where Terraform has them", () => {
  const { resources } = terraformPlan(prod).planned_values.root_module;
  const values = (address: string) => resources.find((resource) => resource.address === address)?.values;
  expect(values("google_sql_database_instance.database-instance")).toMatchObject({
    database_version: "POSTGRES_18",
    settings: [
      {
        tier: "db-custom-2-7680",
        ip_configuration: [{ ipv4_enabled: false, ssl_mode: "ENCRYPTED_ONLY" }],
        backup_configuration: [{ backup_retention_settings: [{ retention_unit: "COUNT" }] }],
        database_flags: expect.arrayContaining([{ name: "log_checkpoints", value: "on" }]),
        user_labels: { app: "clan-platform" },
      },
    ],
  });
  expect(values("google_cloud_run_v2_service.clan-service")).toMatchObject({
    template: [
      {
        containers: [
          {
            env: expect.arrayContaining([{ name: "POOL_MAX", value: "10" }]),
            resources: [{ limits: { cpu: "1" }, cpu_idle: true }],
          },
        ],
      },
    ],
    traffic: [{ percent: 100 }],
  });
  expect(values("google_iam_workload_identity_pool_provider.deployer-provider")).toMatchObject({
    attribute_mapping: { "google.subject": '"run_id:" + assertion.run_id' },
    oidc: [{ issuer_uri: "https://token.actions.githubusercontent.com" }],
  });
  expect(values("google_sql_user.reader-ada_example_com")).toMatchObject({ name: "ada@example.com" });
});

it("each waiver states what is required and why it is not done", () => {
  for (const { asks, reason, stacks, resources } of waivers) {
    expect([asks.length > 10, reason.length > 10, stacks.length > 0, resources.length > 0]).not.toContain(
      false,
    );
  }
});

describe.skipIf(!checkov)("Checkov, if it is installed", () => {
  let findings: Findings;

  beforeAll(async () => {
    findings = await runCheckov({ dev, prod, broken: breakRules(prod) });
  }, 300_000);

  const failedOf = (stack: string) =>
    findings.failed.filter(({ plan }) => plan === stack).map(({ check, resource }) => `${check} ${resource}`);

  it.each(["dev", "prod"])("finds exactly the waived failures in %s", (stack) => {
    const failed = findings.failed.filter(({ plan }) => plan === stack);
    const waived = waivers
      .filter(({ stacks }) => stacks.includes(stack))
      .flatMap(({ check, resources }) => resources.map((resource) => ({ check, resource })));
    const covers = (waiver: Omit<Finding, "plan">, { check, resource }: Finding) =>
      check === waiver.check && matchesGlob(resource, waiver.resource);
    expect({
      unwaived: failed.filter((finding) => !waived.some((waiver) => covers(waiver, finding))),
      unneeded: waived.filter((waiver) => !failed.some((finding) => covers(waiver, finding))),
    }).toEqual({ unwaived: [], unneeded: [] });
    expect(findings.passed.filter(({ plan }) => plan === stack).length).toBeGreaterThan(40);
  });

  it("finds faults, so the plan uses the names that its rules use", () => {
    const sound = failedOf("prod");
    expect(
      failedOf("broken")
        .filter((finding) => !sound.includes(finding))
        .sort(),
    ).toEqual([
      "CKV_GCP_109 google_sql_database_instance.database-instance",
      "CKV_GCP_11 google_sql_database_instance.database-instance",
      "CKV_GCP_110 google_sql_database_instance.database-instance",
      "CKV_GCP_111 google_sql_database_instance.database-instance",
      "CKV_GCP_117 google_project_iam_member.deployer-previews",
      "CKV_GCP_118 google_iam_workload_identity_pool_provider.deployer-provider",
      "CKV_GCP_121 google_bigquery_table.daily_metrics",
      "CKV_GCP_14 google_sql_database_instance.database-instance",
      "CKV_GCP_26 google_compute_subnetwork.network-subnet",
      "CKV_GCP_42 google_project_iam_member.deployer-previews",
      "CKV_GCP_49 google_project_iam_member.deployer-previews",
      "CKV_GCP_51 google_sql_database_instance.database-instance",
      "CKV_GCP_52 google_sql_database_instance.database-instance",
      "CKV_GCP_53 google_sql_database_instance.database-instance",
      "CKV_GCP_54 google_sql_database_instance.database-instance",
      "CKV_GCP_55 google_sql_database_instance.database-instance",
      "CKV_GCP_56 google_sql_database_instance.database-instance",
      "CKV_GCP_57 google_sql_database_instance.database-instance",
      "CKV_GCP_60 google_sql_database_instance.database-instance",
      "CKV_GCP_74 google_compute_subnetwork.network-subnet",
      "CKV_GCP_79 google_sql_database_instance.database-instance",
    ]);
  });
});

/** A stack that breaks every rule that Checkov has for it. */
function breakRules(recording: Recording): Recording {
  const broken = structuredClone(recording);
  const put = <Args>(kind: Kind<Args>, changes: object, inputs?: object) =>
    Object.assign(one(broken, kind, inputs).inputs as object, changes);
  const { settings } = one(broken, gcp.sql.DatabaseInstance).inputs;
  put(gcp.sql.DatabaseInstance, {
    databaseVersion: "POSTGRES_15",
    settings: {
      ...settings,
      databaseFlags: settings?.databaseFlags?.map(({ name }) => ({ name, value: "off" })),
      ipConfiguration: { ipv4Enabled: true, authorizedNetworks: [{ value: "0.0.0.0/0" }] },
      backupConfiguration: { enabled: false },
    },
  });
  const previewer = "serviceAccount:clan-previewer@game-test.iam.gserviceaccount.com";
  put(gcp.compute.Subnetwork, { logConfig: undefined, privateIpGoogleAccess: false });
  put(gcp.bigquery.Table, { deletionProtection: false }, { tableId: "daily_metrics" });
  put(gcp.projects.IAMMember, { role: "roles/editor" }, { member: previewer });
  put(gcp.iam.WorkloadIdentityPoolProvider, { attributeCondition: undefined });
  return broken;
}
