import { connectionOptions } from "@clan-platform/service/database/connection.ts";
import { sessionOptions } from "@clan-platform/service/database/session-settings.ts";
import { withClient } from "@clan-platform/service/database/with-client.ts";
import type pg from "pg";

/** Runs `work` in a session of its own with the service's settings, whatever the database or the login has set. */
export const withSession = <T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> =>
  withClient({ ...connectionOptions({ DATABASE_URL: databaseUrl }), options: sessionOptions }, work);
