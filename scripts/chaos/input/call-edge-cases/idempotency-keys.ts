import { createHash } from "node:crypto";
import { type CallEdgeCase, postClan } from "./call-edge-case.ts";

export function keyEdgeCases(): CallEdgeCase[] {
  const key = (value: string) => ({ "idempotency-key": value });
  const keyed = (value: string, rejected?: string): CallEdgeCase => {
    // The first request of a key stores a clan with a unique name.
    const name = createHash("sha256").update(value).digest("hex").slice(0, 60);
    const request = postClan(JSON.stringify({ name }), key(value));
    return rejected === undefined ? { request, clan: { name, region: null } } : { request, rejected };
  };
  return [
    ...["k", "k".repeat(255), "~!"].map((value) => keyed(value)),
    ...["", "k".repeat(256), "a b", "é"].map((value) => keyed(value, "header.idempotency-key")),
  ];
}
