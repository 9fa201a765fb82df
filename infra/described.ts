import type { z } from "zod";

/** What docs/settings.md says of a setting of a stack, with the values of `Pulumi.dev.yaml` and `Pulumi.prod.yaml`. */
export interface SettingDescription {
  meaning: string;
  /** What a larger value costs: the line of docs/costs.md. */
  costs: string;
  /** A valid value; docs/settings.md has the command that sets it, and a test parses it. */
  example: string | number | boolean | string[];
  /** Set with `--secret`. */
  isSecret?: boolean;
}

/** A schema with its description; the type is unchanged. */
export function described<Schema extends z.ZodType>(
  schema: Schema,
  { meaning, ...rest }: SettingDescription,
): Schema {
  return schema.meta({ description: meaning, ...rest });
}
