import { readdirSync } from "node:fs";
import type { Option } from "commander";
import { choiceOption } from "./options.ts";

const root = new URL("../../../", import.meta.url);

/** `--stack`: one of the stacks that have a file `Pulumi.STACK.yaml`. */
export const stackOption = (files = readdirSync(root)): Option =>
  choiceOption("stack", "name", "the stack", stacksOf(files));

// As infra/recording/stack-files.ts, which would be one more module for each --help.
const stacksOf = (files: string[]) =>
  files
    .map((name) => /^Pulumi\.([\w.-]+)\.yaml$/.exec(name)?.[1])
    .filter((stack) => stack !== undefined)
    .sort();
