import { amountText } from "@clan-platform/contract/terminal/amounts.ts";
import { forgetMembers, membersToSeed } from "../members-to-seed.ts";
import { parseSettings } from "../settings.ts";
import { warehouseFolder } from "../warehouse-target.ts";
import { letOthersGoFirst } from "./let-others-go-first.ts";
import { hasMembers, seedMembers } from "./seed-members.ts";

// `npm start` runs this as a separate process beside the fill of the warehouse: it seeds the database of DATABASE_URL, and sends its
// parent one line about it. Without the argument `embedded`, a database that has members is left alone.
const isEmbedded = process.argv[2] === "embedded";
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
  if (!isEmbedded && (await hasMembers(url))) {
    forgetMembers(folder);
    return "none seeded, because the database at DATABASE_URL has some";
  }
  const startedAt = performance.now();
  const { clans, members } = await seedMembers(url, fill, isEmbedded ? letOthersGoFirst : undefined);
  forgetMembers(folder);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  return `${amountText(members)} in ${amountText(clans)} synthetic clans (${seconds} s)`;
}
