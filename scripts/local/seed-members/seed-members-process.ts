import { amountText } from "@clan-platform/contract/terminal/amounts.ts";
import { forgetMembers, membersToSeed } from "../members-to-seed.ts";
import { parseSettings } from "../settings.ts";
import { warehouseFolder } from "../warehouse-target.ts";
import { hasMembers, seedMembers } from "./seed-members.ts";

// `npm start` runs this as a separate process once it is ready: it seeds the database of DATABASE_URL, and sends its parent one line
// about it. With the argument `unless-members`, a database that has members is left alone.
const [condition] = process.argv.slice(2);
process.once("disconnect", () => process.exit(1));
process.once("SIGINT", () => process.exit(130));

const outcome = await seed().catch(
  (error) => `failed, the next start tries again: ${error instanceof Error ? error.message : error}`,
);
process.send?.(outcome, () => process.exit());

async function seed(): Promise<string> {
  const settings = parseSettings(process.env);
  const folder = warehouseFolder(settings);
  const fill = membersToSeed(folder);
  const url = settings.DATABASE_URL ?? "";
  if (!fill) return "nothing to seed";
  if (condition === "unless-members" && (await hasMembers(url))) {
    forgetMembers(folder);
    return "none seeded, because the database at DATABASE_URL has some";
  }
  const startedAt = performance.now();
  const { clans, members } = await seedMembers(url, fill);
  forgetMembers(folder);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  return `${amountText(members)} in ${amountText(clans)} synthetic clans (${seconds} s)`;
}
