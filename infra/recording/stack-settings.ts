import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import { ConfigError } from "../config.ts";
import { StackSettings } from "../settings.ts";
import { stackFile } from "./stack-files.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * A stack's settings from its file, as Pulumi passes them to the program; `others` override them. What only Pulumi can decrypt is
 * replaced by the setting's example, and left out where there is none.
 * @throws {ConfigError} for a file that isn't valid YAML, with the line
 */
export function stackSettings(stack: string, others: Record<string, unknown> = {}): Record<string, string> {
  const file = stackFile(stack);
  const settings = { ...parseStackFile(file, readFileSync(join(root, file), "utf8"))?.config, ...others };
  return Object.fromEntries(
    Object.entries(settings)
      .map(([key, value]): [string, unknown] => [key, decrypted(value, formOf(key))])
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

/**
 * What a stack's file says; null if it is empty.
 * @throws {ConfigError} if it isn't valid YAML
 */
export function parseStackFile(file: string, text: string): { config?: Record<string, unknown> } | null {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const [what] = error.message.split(":\n");
    throw new ConfigError(`${file} can't be read: ${what}`, { cause: error });
  }
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
