import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { ActivitySync } from "./activity-sync.ts";
import type { ClanService } from "./clan-service.ts";
import { type Config, databaseConnections } from "./config.ts";
import type { Dashboard } from "./dashboard.ts";
import type { Database } from "./database.ts";
import type { Migration } from "./migration.ts";
import { type ChannelSettings, createChannels } from "./monitoring/channels.ts";
import { createDashboard } from "./monitoring/dashboard.ts";
import { alertDocumentation } from "./monitoring/documentation.ts";
import { createLogMetrics } from "./monitoring/log-metrics.ts";
import { policies } from "./monitoring/policies.ts";
import { createObjectives } from "./monitoring/slo.ts";
import type { ScheduledQuery } from "./scheduled-query.ts";
import { serviceAgent } from "./service-agent.ts";
import type { Warehouse } from "./warehouse.ts";

export interface MonitoringArgs {
  project: string;
  service: gcp.cloudrunv2.Service;
  /** The deployed dashboard, if there is one. */
  dashboard: gcp.cloudrunv2.Service | undefined;
  /** Apply retention: with each deployment, and every day. */
  retentionJobs: gcp.cloudrunv2.Job[];
  /** `private`: the uptime check calls the service as Google's agent. */
  access: "private" | "public";
  instance: gcp.sql.DatabaseInstance;
  maxDiskGb: number;
  maxConnections: number;
  /** By name; activity_sync and daily_metrics must be among them. */
  scheduledQueries: Record<string, ScheduledQuery>;
  /** How often activity is synced and the touched days are recomputed: `daily`, or an interval such as `15 minutes`. */
  syncEvery: string;
  /** Are notified of every alert. */
  channels: ChannelSettings;
  /** The repository on GitHub, as owner/name, to which the alerts' runbooks link. */
  github?: string | undefined;
  budget?: { billingAccount: string; monthlyAmount: number; currency: string } | undefined;
}

export interface MonitoredParts {
  clans: ClanService;
  database: Database;
  migration: Migration;
  warehouse: Warehouse;
  sync: ActivitySync;
  dashboard: Dashboard | undefined;
}

/** Probes the service from outside, and raises alerts. */
export class Monitoring extends pulumi.ComponentResource {
  /** Watches all parts of a stack. */
  static watch(config: Config, parts: MonitoredParts, opts: pulumi.ComponentResourceOptions): Monitoring {
    const { clans, database, migration, warehouse, sync, dashboard } = parts;
    const args = {
      ...config,
      service: clans.service,
      dashboard: dashboard?.service,
      retentionJobs: [migration.job, migration.retention.job],
      instance: database.instance,
      maxDiskGb: config.databaseMaxDiskGb,
      maxConnections: databaseConnections(config),
      scheduledQueries: { ...sync.scheduledQueries, ...warehouse.scheduledQueries },
      channels: config,
    };
    return new Monitoring("monitoring", args, opts);
  }

  constructor(name: string, args: MonitoringArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const aliases = [{ type: "clan-platform:Monitoring" }];
    super("clan-platform:index:Monitoring", name, {}, { aliases, ...opts });
    const { project, service, instance, scheduledQueries, syncEvery } = args;
    const { dependsOn = [] } = opts;
    const own = { parent: this, dependsOn };
    const channels = createChannels(args.channels, own);
    const uptimeCheck = this.#uptimeCheck(name, args, own);
    const watched = {
      service: service.name,
      dashboard: args.dashboard?.name,
      retention: pulumi.all(args.retentionJobs.map(({ name }) => name)),
      database: pulumi.interpolate`${project}:${instance.name}`,
      uptimeCheck: uptimeCheck.uptimeCheckId,
      queries: Object.fromEntries(
        Object.entries(scheduledQueries).map(([query, { name }]) => [query, name.apply(lastSegment)]),
      ),
    };
    const freshMinutes = syncEvery === "daily" ? undefined : Math.max(30, 2 * Number.parseInt(syncEvery, 10));
    const limits = { ...args, freshMinutes, hasDashboard: args.dashboard !== undefined };
    createLogMetrics(service.name, own);
    createDashboard(watched, own);
    const objectives = createObjectives(watched, limits, own);
    for (const policy of policies(watched, limits, objectives)) {
      const { id, title, severity, owner, conditions } = policy;
      new gcp.monitoring.AlertPolicy(
        `alert-${id}`,
        {
          displayName: title,
          severity,
          userLabels: { owner },
          documentation: alertDocumentation(policy, args.github),
          combiner: conditions.length > 1 ? "AND" : "OR",
          conditions,
          notificationChannels: channels.all,
          alertStrategy: { autoClose: "86400s" },
        },
        own,
      );
    }
    if (args.budget) this.#budget(args.budget, project, channels.email, own);
    this.registerOutputs();
  }

  /** Probes through the public front end. */
  #uptimeCheck(
    name: string,
    { project, access, service }: MonitoringArgs,
    opts: pulumi.CustomResourceOptions,
  ): gcp.monitoring.UptimeCheckConfig {
    const admitted =
      access === "private"
        ? [
            new gcp.cloudrunv2.ServiceIamMember(
              `${name}-agent`,
              {
                name: service.name,
                location: service.location,
                role: "roles/run.invoker",
                member: serviceAgent("monitoring", project, opts),
              },
              { parent: this },
            ).id,
          ]
        : [];
    // The first probes would be refused if the check did not wait for the agent's grant.
    const host = pulumi.all([service.uri, pulumi.all(admitted)]).apply(([uri]) => new URL(uri).host);
    return new gcp.monitoring.UptimeCheckConfig(
      `${name}-uptime`,
      {
        displayName: "clan-service /health/ready",
        period: "300s",
        timeout: "10s",
        httpCheck: {
          path: "/health/ready",
          port: 443,
          useSsl: true,
          validateSsl: true,
          ...(access === "private" && { serviceAgentAuthentication: { type: "OIDC_TOKEN" } }),
        },
        monitoredResource: {
          type: "uptime_url",
          labels: { project_id: project, host },
        },
      },
      opts,
    );
  }

  /**
   * Notifies at half of the monthly amount, at all of it, and when it is forecast to be reached: the billing account's administrators
   * and users, and `alertEmail`. It stops nothing.
   */
  #budget(
    budget: NonNullable<MonitoringArgs["budget"]>,
    projectId: string,
    emailChannels: pulumi.Output<string>[],
    opts: pulumi.CustomResourceOptions,
  ): void {
    // Waits for its API as a resource does: a direct invoke would fail in a new project.
    const { number } = gcp.organizations.getProjectOutput({ projectId }, opts);
    new gcp.billing.Budget(
      "budget",
      {
        billingAccount: budget.billingAccount,
        displayName: `Clan platform (${projectId})`,
        ownershipScope: "ALL_USERS",
        budgetFilter: { projects: [pulumi.interpolate`projects/${number}`], calendarPeriod: "MONTH" },
        amount: {
          specifiedAmount: { currencyCode: budget.currency, units: String(budget.monthlyAmount) },
        },
        thresholdRules: [
          { thresholdPercent: 0.5 },
          { thresholdPercent: 1 },
          { thresholdPercent: 1, spendBasis: "FORECASTED_SPEND" },
        ],
        // A budget takes e-mail channels only, and refuses Slack's and webhooks
        // (https://docs.cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets).
        ...(emailChannels.length > 0 && {
          allUpdatesRule: { monitoringNotificationChannels: emailChannels },
        }),
      },
      opts,
    );
  }
}

const lastSegment = (path: string) => path.split("/").at(-1) ?? "";
