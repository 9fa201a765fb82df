import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import pg from "pg";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { connectionOptions } from "./connection.ts";

describe("an address", () => {
  it("may be the folder of a unix socket, with an IAM user", () => {
    const DATABASE_URL = "postgres://clan-service%40p.iam@%2Fcloudsql%2Fp%3Aeurope-west1%3Aclan/clan";
    expect(connectionOptions({ DATABASE_URL })).toMatchObject({
      host: "/cloudsql/p:europe-west1:clan",
      user: "clan-service@p.iam",
      database: "clan",
    });
  });

  it("is reached over TLS when its authority is given, and refused when another one signed", () => {
    const { ssl } = connectionOptions({
      DATABASE_URL: "postgres://10.1.2.3/clan",
      DATABASE_CA: "the authority",
    });
    expect(ssl).toMatchObject({ ca: "the authority" });
    expect(ssl).not.toHaveProperty("rejectUnauthorized");
  });
});

describe("DATABASE_AUTH=google-iam", () => {
  it("logs in with a token of the account that runs it, asked for once while it is good", async () => {
    const requests = await serveMetadata("a-fresh-token");
    const { adminUrl } = await createTestDatabase();
    const admin = await connect(adminUrl);
    await admin.query(`create role "iam-login@p.iam" login password 'a-fresh-token'`);
    onTestFinished(async () => void (await admin.query(`drop role "iam-login@p.iam"`)));
    const url = new URL(adminUrl);
    url.username = "iam-login%40p.iam";
    url.password = "";

    for (let round = 0; round < 2; round++) {
      const client = new pg.Client(
        connectionOptions({ DATABASE_URL: url.href, DATABASE_AUTH: "google-iam" }),
      );
      await client.connect();
      const { rows } = await client.query("select current_user as login");
      await client.end();
      expect(rows).toEqual([{ login: "iam-login@p.iam" }]);
    }
    const tokens = requests().filter((path) => path.includes("/token"));
    expect(tokens).toHaveLength(1);
    expect(decodeURIComponent(tokens[0] ?? "")).toContain("sqlservice.login");
  });
});

/** Answers as the metadata server of a Cloud Run instance does. */
async function serveMetadata(token: string): Promise<() => string[]> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    response.setHeader("metadata-flavor", "Google").setHeader("content-type", "application/json");
    response.end(JSON.stringify({ access_token: token, expires_in: 3600, token_type: "Bearer" }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  vi.stubEnv("GCE_METADATA_HOST", `127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("METADATA_SERVER_DETECTION", "assume-present");
  // The user who is logged in on this machine.
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", undefined);
  vi.stubEnv("CLOUDSDK_CONFIG", tmpdir());
  vi.stubEnv("HOME", tmpdir());
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });
  return () => requests;
}
