import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

export const stackFile = (stack: string): string => `Pulumi.${stack}.yaml`;

/** The stack whose settings a file has by its name, which may have dots; undefined for another file. */
export const stackOf = (file: string): string | undefined => /^Pulumi\.([\w.-]+)\.yaml$/.exec(file)?.[1];

/** The stacks that have a file, sorted. */
export const stacks = (): string[] =>
  readdirSync(root)
    .map(stackOf)
    .filter((stack) => stack !== undefined)
    .sort();
