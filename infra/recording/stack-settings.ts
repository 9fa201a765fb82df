import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { StackSettings } from "../settings.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The stacks that have a file `Pulumi.STACK.yaml`, sorted. */
export const stacks = () =>
  readdirSync(root)
    .map((name) => /^Pulumi\.([\w-]+)\.yaml$/.exec(name)?.[1])
    .filter((stack) => stack !== undefined)
    .sort();

/**
 * A stack's settings from its file, as Pulumi passes them to the program; `others` override them. What only Pulumi can decrypt is
 * replaced by the setting's example, and left out where there is none.
 */
export function stackSettings(stack: string, others: Record<string, unknown> = {}): Record<string, string> {
  const file = parse(readFileSync(`${root}Pulumi.${stack}.yaml`, "utf8"));
  const settings = { ...file?.config, ...others };
  return Object.fromEntries(
    Object.entries(settings)
      .map(([key, value]): [string, unknown] => [key, decrypted(value, formOf(key))])
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

const formOf = (key: string) =>
  Object.entries(StackSettings.shape).find(([name]) => key === `clan-platform:${name}`)?.[1];

function decrypted(value: unknown, form: z.ZodType | undefined): unknown {
  if (isEncrypted(value)) return form?.meta()?.example;
  if (Array.isArray(value)) {
    const [example] = [form?.meta()?.example].flat();
    const known = value.filter((item) => !isEncrypted(item));
    return known.length < value.length ? [...known, example] : known;
  }
  if (typeof value !== "object" || value === null) return value;
  const object = form instanceof z.ZodOptional ? form.unwrap() : form;
  const fields: Record<string, z.ZodType> = object instanceof z.ZodObject ? object.shape : {};
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decrypted(item, fields[key])]));
}

const isEncrypted = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;
