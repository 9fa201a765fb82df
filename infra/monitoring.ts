import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { databaseAlerts, scheduledQueryAlerts, serviceAlerts } from "./alerts.ts";
import type { ScheduledQuery } from "./scheduled-query.ts";
import { serviceAgent } from "./service-agent.ts";

export interface MonitoringArgs {
  project: string;
  service: gcp.cloudrunv2.Service;
  /** `private`: the uptime check calls the service as Google's agent. */
  access: "private" | "public";
  instance: gcp.sql.DatabaseInstance;
  maxDiskGb: number;
  maxConnections: number;
  scheduledQueries: Record<"activity_sync" | "daily_metrics" | "daily_metrics_checks", ScheduledQuery>;
  /** Is notified of every alert. */
  alertEmail: string | undefined;
  budget: { billingAccount: string; monthlyAmount: number; currency: string } | undefined;
}

/** Probes the service from outside, and raises alerts. */
export class Monitoring extends pulumi.ComponentResource {
  constructor(name: string, args: MonitoringArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const aliases = [{ type: "clan-platform:Monitoring" }];
    super("clan-platform:index:Monitoring", name, {}, { aliases, ...opts });
    const { project, service, instance, scheduledQueries, alertEmail } = args;
    const { dependsOn = [] } = opts;
    const channels = alertEmail ? [this.#emailChannel(alertEmail, { parent: this, dependsOn })] : [];
    const uptimeCheck = this.#uptimeCheck(name, args, { parent: this, dependsOn });
    const alerts = [
      ...serviceAlerts(service.name, uptimeCheck.uptimeCheckId),
      ...databaseAlerts(pulumi.interpolate`${project}:${instance.name}`, args),
      ...(Object.keys(scheduledQueries) as (keyof typeof scheduledQueries)[]).flatMap((query) =>
        scheduledQueryAlerts(query, scheduledQueries[query].name.apply(lastSegment)),
      ),
    ];
    for (const { id, title, remedy, threshold } of alerts) {
      new gcp.monitoring.AlertPolicy(
        `alert-${id}`,
        {
          displayName: title,
          documentation: { content: remedy, mimeType: "text/markdown" },
          combiner: "OR",
          conditions: [{ displayName: title, conditionThreshold: threshold }],
          notificationChannels: channels,
          alertStrategy: { autoClose: "86400s" },
        },
        { parent: this, dependsOn },
      );
    }
    if (args.budget) this.#budget(args.budget, project, channels, { parent: this, dependsOn });
    this.registerOutputs();
  }

  /** Probes through the public front end. */
  #uptimeCheck(
    name: string,
    { project, access, service }: MonitoringArgs,
    opts: pulumi.CustomResourceOptions,
  ): gcp.monitoring.UptimeCheckConfig {
    if (access === "private") {
      new gcp.cloudrunv2.ServiceIamMember(
        `${name}-agent`,
        {
          name: service.name,
          location: service.location,
          role: "roles/run.invoker",
          member: serviceAgent("monitoring", project, opts),
        },
        { parent: this },
      );
    }
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
          labels: { project_id: project, host: service.uri.apply((uri) => new URL(uri).host) },
        },
      },
      opts,
    );
  }

  #emailChannel(email: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
    const channel = new gcp.monitoring.NotificationChannel(
      "alert-email",
      { displayName: "Alerts of the clan platform", type: "email", labels: { email_address: email } },
      opts,
    );
    return channel.id;
  }

  /** Notifies at half of the monthly amount, at all of it, and when it is forecast to be reached. It stops nothing. */
  #budget(
    budget: NonNullable<MonitoringArgs["budget"]>,
    projectId: string,
    channels: pulumi.Output<string>[],
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
        allUpdatesRule: { monitoringNotificationChannels: channels },
      },
      opts,
    );
  }
}

const lastSegment = (path: string) => path.split("/").at(-1) ?? "";
