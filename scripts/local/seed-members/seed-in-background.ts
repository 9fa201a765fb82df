import { forkScript } from "../fork-script.ts";

export interface MembersToSeed {
  /** Postgres URL of the owner of the tables. */
  databaseUrl: string;
  /** Any other database is left alone when it has members. */
  isEmbedded: boolean;
  /** What was seeded, or why it failed, in one line. */
  onOutcome(line: string): void;
}

export interface Seeding {
  /** Fulfilled after the outcome; never when it is stopped. */
  ended: Promise<void>;
  stop(): void;
}

/** Seeds the synthetic players' clans and memberships in a separate process. When it is stopped, none of them is stored. */
export function seedInBackground({ databaseUrl, isEmbedded, onOutcome }: MembersToSeed): Seeding {
  let outcome = "failed: its process ended; the next start tries again";
  let isStopped = false;
  const args = isEmbedded ? ["embedded"] : [];
  const child = forkScript("local/seed-members/seed-members-process.ts", args, { DATABASE_URL: databaseUrl });
  child.on("message", (message) => {
    outcome = String(message);
  });
  child.on("error", (error) => {
    outcome = `failed: ${error.message}`;
  });
  const ended = new Promise<void>((resolve) => {
    child.on("close", () => {
      if (isStopped) return;
      onOutcome(outcome);
      resolve();
    });
  });
  return {
    ended,
    stop() {
      isStopped = true;
      child.kill();
    },
  };
}
