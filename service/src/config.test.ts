import { expect, it } from "vitest";
import { parseConfig, parseMigrationConfig } from "./config.ts";

const least = { DATABASE_URL: "postgres://localhost/clan" };

it("needs only DATABASE_URL", () => {
  const config = parseConfig(least);
  expect(config).toMatchObject({ PORT: 8080, POOL_MAX: 10 });
  expect(config.API_KEYS).toBeUndefined();
});

it("takes an empty variable for one that is not set", () => {
  const config = parseConfig({ ...least, PORT: "", API_KEYS: "" });
  expect(config.PORT).toBe(8080);
  expect(config.API_KEYS).toBeUndefined();
});

it("reads API keys as a list of hashes", () => {
  const [a, b] = ["a".repeat(64), "b".repeat(64)];
  const keys = parseConfig({ ...least, API_KEYS: `${a}, ${b.toUpperCase()}` }).API_KEYS;
  expect(keys?.map(({ hash }) => hash)).toEqual([a, b]);
});

it("reads origins as a list, and allows none by default", () => {
  expect(parseConfig(least).CORS_ORIGINS).toEqual([]);
  const CORS_ORIGINS = "https://play.example.com, http://localhost:5173";
  expect(parseConfig({ ...least, CORS_ORIGINS }).CORS_ORIGINS).toEqual([
    "https://play.example.com",
    "http://localhost:5173",
  ]);
});

it.each([
  "*",
  "null",
  "play.example.com",
  "https://play.example.com/",
  "https://play.example.com/game",
  "https://*.example.com",
  "https://Play.example.com",
  "https://play.example.com:443",
  "https://user@play.example.com",
  "file:///game",
  "https://a.example,,https://b.example",
])("refuses %j as an origin", (CORS_ORIGINS) => {
  expect(() => parseConfig({ ...least, CORS_ORIGINS })).toThrow(/^CORS_ORIGINS must be exact origins/);
});

it.each([
  [{ DATABASE_URL: undefined }, /DATABASE_URL is not set/],
  [{ DATABASE_AUTH: "ldap" }, /DATABASE_AUTH/],
  [{ DATABASE_CA: "/etc/ca.pem" }, /DATABASE_CA must be certificates in PEM/],
  [{ PORT: "http" }, /PORT must be a whole number from 0 to 65535/],
  [{ PORT: "70000" }, /PORT must be/],
  [{ POOL_MAX: "0" }, /POOL_MAX must be a whole number from 1/],
  [
    { API_KEYS: "secret" },
    /API_KEYS must list NAME:SHA256:SCOPE,SCOPE or SHA-256 hashes in hex: entry 1 is neither/,
  ],
  [{ LOG_LEVEL: "loud" }, /LOG_LEVEL/],
  [{ LOCK_TIMEOUT_MS: "9000" }, /LOCK_TIMEOUT_MS must be below STATEMENT_TIMEOUT_MS/],
  [{ STATEMENT_TIMEOUT_MS: "20000" }, /HANDLER_TIMEOUT_MS must be above STATEMENT_TIMEOUT_MS/],
  [{ CONNECT_TIMEOUT_MS: "15000" }, /HANDLER_TIMEOUT_MS must be above/],
  [{ HANDLER_TIMEOUT_MS: "30000" }, /HANDLER_TIMEOUT_MS must be/],
])("refuses %o and says what is allowed", (wrong, message) => {
  expect(() => parseConfig({ ...least, ...wrong })).toThrow(message);
});

it("keeps a wrong secret out of the message", () => {
  expect(() => parseConfig({ ...least, API_KEYS: "my-plain-key" })).toThrow(/^(?!.*my-plain-key)/);
});

it("reads what a migration needs, and refuses a wrong value alike", () => {
  const wanted = { ...least, APP_LOGINS: "a@p.iam,b", MIGRATION_ROLE: "owner" };
  expect(parseMigrationConfig(wanted)).toMatchObject({
    APP_LOGINS: ["a@p.iam", "b"],
    MIGRATION_ROLE: "owner",
  });
  expect(parseMigrationConfig(least)).toMatchObject({ APP_LOGINS: [], DATABASE_AUTH: "password" });
  expect(() => parseMigrationConfig({})).toThrow(/DATABASE_URL is not set/);
});
