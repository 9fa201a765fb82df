import { once } from "node:events";
import { connect as connectSocket, type Socket } from "node:net";
import { activity, toCsv } from "@clan-platform/scripts/testkit/activity.ts";
import { listen, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { expect, it, onTestFinished } from "vitest";

interface Half {
  socket: Socket;
  /** What the service has sent so far. */
  answer(): string;
}

/** Sends headers and a part of the body, and waits until the service has read the headers. */
async function sendHalf(
  url: string,
  path: string,
  headers: Record<string, string> = {},
  part = "{",
): Promise<Half> {
  const socket = connectSocket(Number(new URL(url).port), "127.0.0.1").on("error", () => {});
  onTestFinished(() => void socket.destroy());
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    answer += text;
  });
  await once(socket, "connect");
  const all = { host: "x", "content-type": "application/json", "content-length": "60000", ...headers };
  const lines = Object.entries({ ...all, expect: "100-continue" }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.write(`POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n${part}`);
  await expect.poll(() => answer).toMatch(/^HTTP\/1.1 /);
  return { socket, answer: () => answer.replace("HTTP/1.1 100 Continue\r\n\r\n", "") };
}

const createClan = async (url: string, name: string, headers = {}) => {
  const init = { method: "POST", headers: { "content-type": "application/json", ...headers } };
  return fetch(`${url}/clans`, { ...init, body: JSON.stringify({ name }) });
};

it("half-sent bodies take the place of no other request", async () => {
  const { app } = await startTestApp({ POOL_MAX: "1" });
  const url = await listen(app);
  await Promise.all(Array.from({ length: 40 }, () => sendHalf(url, "/clans")));
  expect((await createClan(url, "Night Owls")).status).toBe(201);
  expect((await fetch(`${url}/clans`)).status).toBe(200);
});

it("half-sent imports take the place of no other import", async () => {
  const { app } = await startTestApp({ POOL_MAX: "3" });
  const url = await listen(app);
  const csv = { "content-type": "text/csv" };
  const body = toCsv([activity()]);
  for (let n = 0; n < 3; n++) await sendHalf(url, "/user-activity/import", csv, body);
  const answer = await fetch(`${url}/user-activity/import`, { method: "POST", headers: csv, body });
  expect(answer.status).toBe(200);
});

it.each(["/clans", "/user-activity/import"])(
  "a body of %s that arrives too slowly is answered 408, and its connection closed",
  async (path) => {
    const { app } = await startTestApp();
    const url = await listen(app);
    const { socket, answer } = await sendHalf(url, path, {
      "content-type": path === "/clans" ? "application/json" : "text/csv",
    });
    const drip = setInterval(() => socket.writable && socket.write(" "), 100);
    await once(socket, "close");
    clearInterval(drip);
    expect(answer()).toMatch(/^HTTP\/1.1 408 /);
    expect(answer()).toMatch(/connection: close/i);
    expect(answer()).toContain('"reason":"REQUEST_TIMEOUT"');
  },
  30_000,
);

it("an address may have only so many bodies open, which frees them when they end, and concerns no other one", async () => {
  const { app } = await startTestApp({ OPEN_BODIES_PER_ADDRESS: "2", TRUSTED_PROXIES: "1" });
  const url = await listen(app);
  const address = { "x-forwarded-for": "198.51.100.1" };
  const open = [await sendHalf(url, "/clans", address), await sendHalf(url, "/clans", address)];
  const third = await sendHalf(url, "/clans", address);
  await expect.poll(() => third.socket.closed).toBe(true);
  expect(third.answer()).toMatch(/^HTTP\/1.1 429 /);
  expect(third.answer()).toContain('"reason":"TOO_MANY_OPEN_BODIES"');
  expect((await createClan(url, "Owls", { "x-forwarded-for": "198.51.100.2" })).status).toBe(201);
  open[0]?.socket.destroy();
  await expect.poll(async () => (await createClan(url, "Night Owls", address)).status).not.toBe(429);
  expect((await createClan(url, "Day Owls", address)).status).toBe(201);
});
