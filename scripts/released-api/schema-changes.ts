import { type ApiDocument, resolve, type Schema } from "./api-document.ts";

interface Versions {
  before: ApiDocument;
  after: ApiDocument;
}

/** What a client of the old schema could no longer send, in words. */
export function requestBreaks(versions: Versions, before: Schema, after: Schema, where: string): string[] {
  const [old, now] = [resolve(before, versions.before), resolve(after, versions.after)];
  const breaks: string[] = [];
  const report = (isBreak: boolean, what: string) => isBreak && breaks.push(`${where} ${what}`);

  report(!isSubset(typesOf(old), typesOf(now)), "no longer takes a type");
  report(now.format !== old.format && now.format !== undefined, "has another format");
  report(now.pattern !== old.pattern && now.pattern !== undefined, "has another pattern");
  report(lacksValues(old, now), "no longer takes a value");
  report(now.multipleOf !== old.multipleOf && now.multipleOf !== undefined, "has another multipleOf");
  for (const bound of ["minimum", "exclusiveMinimum", "minLength", "minItems"] as const)
    report((now[bound] ?? -Infinity) > (old[bound] ?? -Infinity), `has a higher ${bound}`);
  for (const bound of ["maximum", "exclusiveMaximum", "maxLength", "maxItems"] as const)
    report((now[bound] ?? Infinity) < (old[bound] ?? Infinity), `has a lower ${bound}`);
  report(
    now.additionalProperties === false && old.additionalProperties !== false,
    "no longer takes other properties",
  );
  for (const name of now.required ?? [])
    report(!old.required?.includes(name), `has a new required property ${name}`);
  for (const [name, property] of Object.entries(old.properties ?? {})) {
    const other = now.properties?.[name];
    if (other) breaks.push(...requestBreaks(versions, property, other, `${where}.${name}`));
    else report(true, `lacks the property ${name}`);
  }
  if (old.items && now.items) breaks.push(...requestBreaks(versions, old.items, now.items, `${where}[]`));
  return breaks;
}

/** What a client of the old schema could no longer read, in words. */
export function responseBreaks(versions: Versions, before: Schema, after: Schema, where: string): string[] {
  const [old, now] = [resolve(before, versions.before), resolve(after, versions.after)];
  const breaks: string[] = [];
  const report = (isBreak: boolean, what: string) => isBreak && breaks.push(`${where} ${what}`);

  report(!isSubset(typesOf(now), typesOf(old)), "may have a new type");
  report(now.format !== old.format, "has another format");
  report(lacksValues(old, now), "lacks a value");
  report(!old["x-open-enum"] && lacksValues(now, old), "may have a new value");
  for (const [name, property] of Object.entries(old.properties ?? {})) {
    const other = now.properties?.[name];
    const isOptional = old.required?.includes(name) && !now.required?.includes(name);
    report(other !== undefined && isOptional === true, `may lack the property ${name}`);
    if (other) breaks.push(...responseBreaks(versions, property, other, `${where}.${name}`));
    else report(true, `lacks the property ${name}`);
  }
  if (old.items && now.items) breaks.push(...responseBreaks(versions, old.items, now.items, `${where}[]`));
  return breaks;
}

/** A number takes integers too; no type takes all. */
function typesOf({ type = ["array", "boolean", "null", "number", "object", "string"] }: Schema): string[] {
  const types = [type].flat();
  return types.includes("number") ? [...types, "integer"] : types;
}

/** Whether some values of an enum, or of no enum at all, are not in the other. */
function lacksValues({ enum: values }: Schema, { enum: others }: Schema): boolean {
  if (others === undefined) return false;
  return values === undefined || !isSubset(values, others);
}

const isSubset = <Value>(some: Value[], all: Value[]) => some.every((value) => all.includes(value));
