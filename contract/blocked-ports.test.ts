import { expect, it } from "vitest";
import { isBlockedPort } from "./blocked-ports.ts";

/** Of Node's own `fetch`, through which nothing is sent. */
async function isBlockedByFetch(port: number): Promise<boolean> {
  const dispatch = () => {
    throw new Error("nothing is sent");
  };
  const options = { dispatcher: { dispatch } } as unknown as RequestInit;
  const error = (await fetch(`http://127.0.0.1:${port}`, options).catch((error) => error)) as Error;
  return (error.cause as Error).message === "bad port";
}

it("knows the ports that fetch blocks, and no others", async () => {
  for (let port = 0; port <= 11_000; port++) {
    expect(isBlockedPort(port), String(port)).toBe(await isBlockedByFetch(port));
  }
});
