import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The stacks that have a file `Pulumi.STACK.yaml`, sorted. */
export const stacks = () =>
  readdirSync(root)
    .map((name) => /^Pulumi\.([\w-]+)\.yaml$/.exec(name)?.[1])
    .filter((stack) => stack !== undefined)
    .sort();

/** What stands for a secret of the file that only Pulumi can decrypt. */
const placeholders: Record<string, string> = {
  "clan-platform:slackToken": "xoxb-encrypted",
  "clan-platform:alertWebhook": "https://encrypted.invalid",
};

/** A stack's settings from its file, as Pulumi passes them to the program; `others` override them. */
export function stackSettings(stack: string, others: Record<string, unknown> = {}): Record<string, string> {
  const file = parse(readFileSync(`${root}Pulumi.${stack}.yaml`, "utf8"));
  const settings = { ...file?.config, ...others };
  return Object.fromEntries(
    Object.entries(settings)
      .map(([key, value]): [string, unknown] => [key, isEncrypted(value) ? placeholders[key] : value])
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

const isEncrypted = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;
