import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { databaseAlerts, scheduledQueryAlerts, serviceAlerts } from "./alerts.ts";
import type { Config } from "./config.ts";
import { type Options, Part, type Parts } from "./part.ts";
import { serviceAgent } from "./service-agent.ts";

type Needs = Pick<Parts, "config" | "clans" | "database" | "warehouse" | "sync">;

/** Asks the service from outside, and tells somebody when something is wrong. */
export class Monitoring extends Part {
  constructor(name: string, parts: Needs, opts: Options) {
    super("Monitoring", name, opts);
    const { config, clans, database, warehouse, sync } = parts;
    const channels = config.alertEmail ? [this.#emailChannel(config.alertEmail)] : [];
    const uptimeCheck = this.#uptimeCheck(name, parts);
    const queries = { ...sync.scheduledQueries, ...warehouse.scheduledQueries };
    const alerts = [
      ...serviceAlerts(clans.service.name, uptimeCheck.uptimeCheckId),
      ...databaseAlerts(database.instance.name, config),
      ...(Object.keys(queries) as (keyof typeof queries)[]).flatMap((query) =>
        scheduledQueryAlerts(query, queries[query].name.apply(lastPart)),
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
        this.child,
      );
    }
    if (config.budget) this.#budget(config.budget, config.project, channels);
    this.registerOutputs();
  }

  /** Asks through the front door; where only invokers may call, as Google's agent. */
  #uptimeCheck(name: string, { config, clans }: Needs): gcp.monitoring.UptimeCheckConfig {
    const { project, access } = config;
    if (access === "private") {
      const member = serviceAgent("monitoring", config, this.child);
      const { name: service, location } = clans.service;
      const mayCall = { name: service, location, role: "roles/run.invoker", member };
      new gcp.cloudrunv2.ServiceIamMember(`${name}-agent`, mayCall, { parent: this });
    }
    const asAgent = access === "private" && { serviceAgentAuthentication: { type: "OIDC_TOKEN" } };
    const host = clans.service.uri.apply((uri) => new URL(uri).host);
    return new gcp.monitoring.UptimeCheckConfig(
      `${name}-uptime`,
      {
        displayName: "clan-service /health/ready",
        period: "300s",
        timeout: "10s",
        httpCheck: { path: "/health/ready", port: 443, useSsl: true, validateSsl: true, ...asAgent },
        monitoredResource: { type: "uptime_url", labels: { project_id: project, host } },
      },
      this.child,
    );
  }

  #emailChannel(email: string): pulumi.Output<string> {
    const displayName = "Alerts of the clan platform";
    const args = { displayName, type: "email", labels: { email_address: email } };
    return new gcp.monitoring.NotificationChannel("alert-email", args, this.child).id;
  }

  /** Tells at half of the monthly amount, at all of it, and when it will be reached. It stops nothing. */
  #budget(budget: NonNullable<Config["budget"]>, projectId: string, channels: pulumi.Output<string>[]): void {
    // Waits for its service like a resource: as a plain call it would fail in a project that is still empty.
    const { number } = gcp.organizations.getProjectOutput({ projectId }, this.child);
    const forecast = { thresholdPercent: 1, spendBasis: "FORECASTED_SPEND" };
    const amount = { currencyCode: budget.currency, units: String(budget.monthlyAmount) };
    new gcp.billing.Budget(
      "budget",
      {
        billingAccount: budget.billingAccount,
        displayName: `Clan platform (${projectId})`,
        ownershipScope: "ALL_USERS",
        budgetFilter: { projects: [pulumi.interpolate`projects/${number}`], calendarPeriod: "MONTH" },
        amount: { specifiedAmount: amount },
        thresholdRules: [{ thresholdPercent: 0.5 }, { thresholdPercent: 1 }, forecast],
        allUpdatesRule: { monitoringNotificationChannels: channels },
      },
      this.child,
    );
  }
}

const lastPart = (path: string) => path.split("/").at(-1) ?? "";
