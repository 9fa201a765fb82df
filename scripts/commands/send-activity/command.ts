import { Option } from "commander";
import { defineCommand } from "../command-line/define-command.ts";
import { shown } from "../command-line/options.ts";
import { UsageError } from "../terminal/cli-error.ts";
import type { SendActivityOptions } from "./run.ts";

export const command = defineCommand({
  name: "send-activity",
  summary: "Sends files of user activity to the clan service, in pieces that it accepts.",
  example: "part-1.csv.gz --url https://clans.example.com",
  mayRejectRows: true,
})
  .argument("<path...>", "CSV and NDJSON files, plain or with .gz, and folders of them")
  .addOption(
    new Option("--url <url>", "the address of the clan service")
      .default(undefined, "http://localhost, at PORT or 8080")
      .argParser(serviceUrl),
  )
  .addOption(new Option("--key <key>", "an API key").env("CLAN_API_KEY").argParser(apiKey))
  .action(async (paths: string[], options: SendActivityOptions) =>
    (await import("./run.ts")).run(paths, options),
  );

function serviceUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new UsageError(`--url must be like http://localhost:8080, not ${shown(text)}.`);
  }
  const { username, search, hash } = new URL(text);
  if (username || search || hash) throw new UsageError("--url must be without user, query and fragment.");
  return text.replace(/\/+$/, "");
}

function apiKey(text: string): string {
  if (text === "" || /^[\x21-\x7e]+$/.test(text)) return text;
  throw new UsageError("the API key has characters that no key has: use visible ASCII characters only.");
}
