import type { Range } from "../figures/periods.ts";
import type { Answer } from "../figures/read-answer.ts";
import type { Grain } from "./address.ts";

/** A question to the server: the sums of daily_metrics in these groups. */
export interface Question extends Range {
  by: ("day" | "country" | "platform")[];
  grain?: Grain;
  platform?: string | undefined;
  countries?: string[];
}

/** Returns the answer if it is there; otherwise undefined, and it is requested. */
export type Ask = (question: Question) => Answer | undefined;

/** The path of a question, the same for the same question. */
export function questionPath({ from, to, by, grain = "day", platform, countries = [] }: Question): string {
  const parameters = new URLSearchParams({ from, to });
  if (by.length > 0) parameters.set("by", by.join(","));
  if (grain !== "day") parameters.set("grain", grain);
  if (platform) parameters.set("platform", platform);
  if (countries.length > 0) parameters.set("country", countries.join(","));
  return `api/figures?${parameters.toString().replaceAll("%2C", ",")}`;
}
