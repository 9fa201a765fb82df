import { randomUUID } from "node:crypto";
import { activity } from "../../testkit/activity.ts";

/** A route that reads a body, with a valid body for it, which would store a user or clan of this name. */
export interface BodyRoute {
  method: string;
  path: () => string;
  type: string;
  body: (name: string) => string;
  /** It validates the body line by line, and rejects single lines. */
  isImport?: true;
}

const row = (user_id: string) => JSON.stringify(activity({ user_id }));

export const bodyRoutes: BodyRoute[] = [
  { method: "POST", path: () => "/clans", type: "application/json", body: (name) => `{"name":"${name}"}` },
  {
    method: "POST",
    path: () => "/user-activity",
    type: "application/json",
    body: (name) => `{"rows":[${row(name)}]}`,
  },
  {
    method: "POST",
    path: () => "/user-activity/import",
    type: "application/x-ndjson",
    body: row,
    isImport: true,
  },
  // A deletion needs no body, but reads one that is sent.
  {
    method: "DELETE",
    path: () => `/clans/${randomUUID()}`,
    type: "application/json",
    body: (name) => `{"name":"${name}"}`,
  },
  {
    method: "DELETE",
    path: () => "/users/nobody/activity",
    type: "application/json",
    body: (name) => `{"name":"${name}"}`,
  },
];
