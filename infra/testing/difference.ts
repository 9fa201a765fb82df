import type { Recorded, Recording } from "../recording/record.ts";

/**
 * The differences between two recordings, one per line: `+ resource`, `- resource`, and `~ resource path: before -> after` for
 * inputs and options, and for the stack's outputs. Sorted; list items are matched by their `name` if they have one.
 */
export function difference(before: Recording, after: Recording): string {
  const [was, is] = [describe(before), describe(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .sort()
    .flatMap((name) => changes(name, was.get(name), is.get(name)))
    .join("\n");
}

type Values = Map<string, string>;

function describe({ resources, outputs }: Recording): Map<string, Values> {
  const described = new Map([["outputs", valuesOf(outputs)]]);
  for (const resource of resources) {
    const { inputs, protect, ignoreChanges, afterCreate, beforeChange, secrets, secretOutputs } = resource;
    const options = { protect, ignoreChanges, afterCreate, beforeChange, secrets, secretOutputs };
    described.set(nameOf(resource), valuesOf({ ...inputs, ...options }));
  }
  return described;
}

/** `sql.DatabaseInstance database-instance` */
const nameOf = ({ type, name }: Recorded) =>
  `${type.replace(/^gcp:(\w+)\/.*:/, "$1.").replace(/^\w+:index\/.*:/, "")} ${name}`;

function changes(name: string, was: Values | undefined, is: Values | undefined): string[] {
  if (!was) return [`+ ${name}`];
  if (!is) return [`- ${name}`];
  return [...new Set([...was.keys(), ...is.keys()])]
    .sort()
    .filter((path) => was.get(path) !== is.get(path))
    .map((path) => `~ ${name} ${path}: ${was.get(path) ?? "nothing"} -> ${is.get(path) ?? "nothing"}`);
}

/** Leaf values as JSON by their paths; a list of plain values is one leaf. */
function valuesOf(value: unknown, path = ""): Values {
  const isList = Array.isArray(value);
  if (typeof value !== "object" || value === null || (isList && !value.some(isObject))) {
    return new Map([[path, JSON.stringify(value)]]);
  }
  const fields = isList ? value.map(byName) : Object.entries(value);
  return new Map(fields.flatMap(([key, item]) => [...valuesOf(item, path ? `${path}.${key}` : key)]));
}

/** The key of a list item, which is stable when others are inserted before it, and the item; one with only a name and a value becomes its value. */
function byName(item: unknown, at: number): [string, unknown] {
  if (!isObject(item) || typeof item.name !== "string") return [String(at), item];
  const { name, ...rest } = item;
  return [name, Object.keys(rest).join() === "value" ? rest.value : rest];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
