import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, chmodSync, constants, mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Client, credentials, type ServiceDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

const packageFile = createRequire(import.meta.url).resolve("@fivetrandevelopers/zetasql/package.json");
const folderOfServer = join(dirname(packageFile), "lib", "zetasql");

// A guard between this process and the server: it stops the server when its standard input closes, which happens when
// this process ends in any way, `kill -9` included. It closes its own standard output, so that ours ends with the server's.
const guard = `
"$1" "unix:$2/socket" 0 &
exec >&-
read -r _
kill -9 $!
wait $! 2>/dev/null
rm -r "$2"`;

export interface GoogleSqlServer {
  /** Calls a method of `local_service.proto`; rejects with gRPC's error, whose `details` are GoogleSQL's message. */
  call<Answer>(method: string, request: object): Promise<Answer>;
  /** The folder of its socket; removed with the server. */
  folder: string;
  stop(): Promise<void>;
}

/**
 * Starts the server that npm's `@fivetrandevelopers/zetasql` brings for this machine: GoogleSQL (ZetaSQL), of which
 * BigQuery's SQL is made. It listens on a socket of its own, and ends with this process.
 */
export async function startGoogleSqlServer(): Promise<GoogleSqlServer> {
  const folder = mkdtempSync(join(tmpdir(), "googlesql-"));
  const child = spawn("sh", ["-c", guard, "sh", executable(), folder], {
    stdio: ["pipe", "pipe", "inherit"],
    // Ctrl-C in a terminal would end the guard before it has ended the server.
    detached: true,
  });
  const closed = once(child, "close");
  const end = async () => {
    child.stdin.end();
    await closed;
  };
  const isListening = await new Promise<boolean>((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
      if (output.includes("Server listening")) resolve(true);
    });
    child.stdout.on("end", () => resolve(false));
    child.on("error", reject);
  });
  if (!isListening) {
    await end();
    throw new Error(`${executable()} does not run on this machine; what it says is above.`);
  }

  const service = loadService();
  const client = new Client(`unix:${folder}/socket:0`, credentials.createInsecure());
  return {
    folder,
    call<Answer>(name: string, request: object) {
      const method = service[name];
      if (!method) throw new Error(`local_service.proto has no method ${name}.`);
      const { path, requestSerialize, responseDeserialize } = method;
      return new Promise<Answer>((resolve, reject) => {
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, answer) =>
          error ? reject(error) : resolve(answer as Answer),
        );
      });
    },
    async stop() {
      client.close();
      await end();
    },
  };
}

/** The path of the server for this machine; npm does not always keep it executable. */
function executable(): string {
  const { platform, arch } = process;
  if (!["linux", "darwin"].includes(platform) || !["x64", "arm64"].includes(arch)) {
    throw new Error(`@fivetrandevelopers/zetasql has no GoogleSQL server for ${platform} on ${arch}.`);
  }
  const name = `remote_server${arch === "arm64" ? "_arm" : ""}${platform === "darwin" ? "" : ".so"}`;
  const path = join(folderOfServer, name);
  try {
    accessSync(path, constants.X_OK);
  } catch {
    chmodSync(path, 0o755);
  }
  return path;
}

function loadService(): ServiceDefinition {
  const definitions = loadSync("local_service.proto", {
    includeDirs: [join(folderOfServer, "protos")],
    keepCase: true,
    oneofs: true,
    enums: String,
    longs: String,
  });
  return definitions["zetasql.local_service.ZetaSqlLocalService"] as ServiceDefinition;
}
