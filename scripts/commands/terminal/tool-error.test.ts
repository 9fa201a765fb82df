import { expect, it } from "vitest";
import { toolError } from "./tool-error.ts";

const notLoggedIn = `ERROR: (gcloud.projects.describe) You do not currently have an active account selected.
Please run:

  $ gcloud auth login

to obtain new credentials.

If you have already logged in with a different account, run:

  $ gcloud config set account ACCOUNT

to select an already authenticated account to use.
`;

const apiDisabled = `API [cloudbilling.googleapis.com] not enabled on project [my-game].
ERROR: (gcloud.billing.projects.describe) PERMISSION_DENIED: Cloud Billing API has not been used in project my-game before or it is disabled.
- '@type': type.googleapis.com/google.rpc.ErrorInfo
  reason: SERVICE_DISABLED
`;

it.each([
  ["gcloud without a login", notLoggedIn, "You do not currently have an active account selected."],
  [
    "gcloud, with details",
    apiDisabled,
    "PERMISSION_DENIED: Cloud Billing API has not been used in project my-game before or it is disabled.",
  ],
  [
    "gcloud, whose error goes on in the next line",
    "ERROR: (gcloud.sql.instances.create) unrecognized arguments:\n  --edition=enterprise \n\nTo search the help text of gcloud commands, run:\n  gcloud help -- SEARCH_TERMS\n",
    "unrecognized arguments: --edition=enterprise",
  ],
  [
    "another tool",
    "warning: old\nerror: no Pulumi.yaml project file found\n",
    "error: no Pulumi.yaml project file found",
  ],
  ["nothing", "", ""],
])("the error of %s", (_tool, output, error) => {
  expect(toolError(output)).toBe(error);
});
