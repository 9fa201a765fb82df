import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

/** Where alerts go. */
export interface ChannelSettings {
  alertEmail?: string | undefined;
  slackChannel?: string | undefined;
  slackWorkspace?: string | undefined;
  /** A bot's token: a secret. */
  slackToken?: string | undefined;
  /** A URL that may hold a token: a secret. */
  alertWebhook?: string | undefined;
}

const displayName = "Alerts of the clan platform";

/** A channel for each destination that is set; returns their ids, and which of them take e-mail. */
export function createChannels(
  { alertEmail, slackChannel, slackWorkspace, slackToken, alertWebhook }: ChannelSettings,
  opts: pulumi.CustomResourceOptions,
): { all: pulumi.Output<string>[]; email: pulumi.Output<string>[] } {
  const channel = (
    name: string,
    args: Omit<gcp.monitoring.NotificationChannelArgs, "displayName">,
    additionalSecretOutputs: string[] = [],
  ) =>
    new gcp.monitoring.NotificationChannel(
      name,
      { displayName, ...args },
      { ...opts, additionalSecretOutputs },
    ).id;
  const email = alertEmail
    ? [channel("alert-email", { type: "email", labels: { email_address: alertEmail } })]
    : [];
  const others = [
    ...(slackChannel && slackToken
      ? [
          channel(
            "alert-slack",
            {
              type: "slack",
              // Without the workspace, Google accepts the channel and delivers nothing (pulumi/pulumi-gcp#3353).
              labels: { channel_name: slackChannel, team: slackWorkspace ?? "" },
              sensitiveLabels: pulumi.secret({ authToken: slackToken }),
            },
            ["sensitiveLabels"],
          ),
        ]
      : []),
    ...(alertWebhook
      ? [
          channel(
            "alert-webhook",
            { type: "webhook_tokenauth", labels: pulumi.secret({ url: alertWebhook }) },
            ["labels"],
          ),
        ]
      : []),
  ];
  return { all: [...email, ...others], email };
}
