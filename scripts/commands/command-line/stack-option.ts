import { readdirSync } from "node:fs";
import type { Option } from "commander";
import { choiceOption } from "./options.ts";

const root = new URL("../../../", import.meta.url);

/** `--stack`: one of the stacks that have a file `Pulumi.STACK.yaml`. */
export function stackOption(): Option {
  const stacks = readdirSync(root)
    .map((name) => /^Pulumi\.([\w-]+)\.yaml$/.exec(name)?.[1])
    .filter((stack) => stack !== undefined)
    .sort();
  return choiceOption("stack", "name", "the stack", stacks);
}
