import { forkScript } from "../fork-script.ts";

export interface MembersToSeed {
  /** Postgres URL of the owner of the tables. */
  databaseUrl: string;
  /** Leaves a database alone that has members. */
  unlessMembers: boolean;
  /** What was seeded, or why it failed, in one line. */
  onOutcome(line: string): void;
}

/** Seeds the synthetic players' clans and memberships in a separate process. When it is stopped, none of them is stored. */
export function seedInBackground({ databaseUrl, unlessMembers, onOutcome }: MembersToSeed): { stop(): void } {
  let outcome = "failed: its process ended; the next start tries again";
  let isStopped = false;
  const args = unlessMembers ? ["unless-members"] : [];
  const child = forkScript("local/seed-members/seed-members-process.ts", args, { DATABASE_URL: databaseUrl });
  child.on("message", (message) => {
    outcome = String(message);
  });
  child.on("error", (error) => {
    outcome = `failed: ${error.message}`;
  });
  child.on("close", () => {
    if (!isStopped) onOutcome(outcome);
  });
  return {
    stop() {
      isStopped = true;
      child.kill();
    },
  };
}
