import * as pulumi from "@pulumi/pulumi";
import { parseConfig } from "../config.ts";
import { fakeProvider } from "./fake-provider.ts";

/** One resource that the program registered. */
export interface Recorded {
  urn: string;
  type: string;
  name: string;
  /** URN of the component that it belongs to; empty for the stack itself. */
  parent: string;
  inputs: Record<string, unknown>;
  /** Paths of the inputs that are secret. */
  secrets: string[];
  /** Outputs that are secret in the state, even if the provider does not mark them. */
  secretOutputs: string[];
  protect: boolean;
  /** Deleted from the state only. */
  retainOnDelete: boolean;
  dependsOn: string[];
  aliases: Alias[];
  ignoreChanges: string[];
  /** Names of the hooks that run after it is created. */
  afterCreate: string[];
  /** Names of the hooks that run before it is created or updated. */
  beforeChange: string[];
}

/** What a resource was called before; an empty field is the same as today. */
export interface Alias {
  urn: string;
  type: string;
  name: string;
  /** URN of the parent. */
  parent: string;
}

export interface Recording {
  resources: Recorded[];
  outputs: Record<string, unknown>;
}

// The fields that are read of the messages to the engine (pulumi/proto/resource.proto).
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getDependenciesList(): string[];
  getAliasesList(): { getUrn(): string; getSpec(): AliasSpec | undefined }[];
  getIgnorechangesList(): string[];
  getAdditionalsecretoutputsList(): string[];
  getHooks():
    | Record<"getAfterCreateList" | "getBeforeCreateList" | "getBeforeUpdateList", () => string[]>
    | undefined;
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
}
type AliasSpec = Record<"getType" | "getName" | "getParenturn", () => string>;
type Callback = (error: unknown, response?: { getUrn(): string }) => void;
interface Monitor {
  registerResource(request: Request, callback: Callback): Promise<void>;
  registerResourceHook(request: unknown, callback: Callback): void;
}

// How Pulumi marks a secret on the wire (sdk/go/common/resource/sig.go).
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

const program = new URL("../index.ts", import.meta.url).href;
let runs = 0;

/**
 * Runs the program with a stack's settings against a fake provider, and returns the resources that it registers. `lastOutputs` are
 * the stack's outputs after its last update.
 * @throws {ConfigError} for invalid settings; whatever the program throws; and if it registers an unexpected resource
 */
export async function record(
  stack: string,
  settings: Record<string, string>,
  lastOutputs: Record<string, unknown> = {},
  { isPreview = false } = {},
): Promise<Recording> {
  // Invalid settings are reported here: an error within the program would also reject promises that nothing awaits.
  const { project } = parseConfig(settings);
  await pulumi.runtime.setMocks(
    fakeProvider(project, lastOutputs),
    "clan-platform",
    stack,
    isPreview,
    "studio",
  );
  pulumi.runtime.setAllConfig(settings);
  const resources: Recorded[] = [];
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) =>
    register(request, (error, response) => {
      if (response) resources.push(read(request, response.getUrn()));
      callback(error, response);
    });
  monitor.registerResourceHook = (_request, callback) => callback(null);

  // Pulumi takes a stack trace for each of its promises, which would be half of the work.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  try {
    const outputs = await pulumi.runtime.runInPulumiStack(async () => ({
      // A new module each time: an import that is cached would run nothing.
      ...(await import(/* @vite-ignore */ `${program}?run=${++runs}`)),
    }));
    // Requests in flight belong to this run.
    await pulumi.runtime.disconnect();
    return { resources, outputs: outputs ?? {} };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function read(request: Request, urn: string): Recorded {
  const hooks = request.getHooks();
  const secrets: string[] = [];
  const inputs = unwrap(request.getObject()?.toJavaScript() ?? {}, "", secrets) as Record<string, unknown>;
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent(),
    inputs,
    secrets,
    secretOutputs: request.getAdditionalsecretoutputsList(),
    protect: request.getProtect(),
    retainOnDelete: request.getRetainondelete(),
    dependsOn: request.getDependenciesList(),
    aliases: request.getAliasesList().map((alias) => {
      const spec = alias.getSpec();
      return {
        urn: alias.getUrn(),
        type: spec?.getType() ?? "",
        name: spec?.getName() ?? "",
        parent: spec?.getParenturn() ?? "",
      };
    }),
    ignoreChanges: request.getIgnorechangesList(),
    afterCreate: hooks?.getAfterCreateList() ?? [],
    beforeChange: [
      ...new Set([...(hooks?.getBeforeCreateList() ?? []), ...(hooks?.getBeforeUpdateList() ?? [])]),
    ],
  };
}

function unwrap(value: unknown, path: string, secrets: string[]): unknown {
  if (Array.isArray(value)) return value.map((item, at) => unwrap(item, `${path}[${at}]`, secrets));
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  if (fields[signature] === secretSignature) {
    secrets.push(path);
    return unwrap(fields.value, path, secrets);
  }
  return Object.fromEntries(
    Object.entries(fields).map(([key, item]) => [key, unwrap(item, path ? `${path}.${key}` : key, secrets)]),
  );
}
