import { type CallEdgeCase, owl, uuid } from "./call-edge-case.ts";

export function pathEdgeCases(): CallEdgeCase[] {
  const ids = [uuid, uuid.toUpperCase(), "00000000-0000-0000-0000-000000000000"];
  const invalidIds = [
    uuid.slice(1),
    `${uuid}0`,
    `{${uuid}}`,
    uuid.replaceAll("-", ""),
    "0",
    " ",
    "x".repeat(9_000),
  ];
  const users = ["a", owl.repeat(128), "x".repeat(128), "a/b", "..."];
  const invalidUsers = [owl.repeat(129), "x".repeat(129), " a", "\0"];
  const user = (id: string) => ({ method: "DELETE", path: `/users/${encodeURIComponent(id)}/activity` });
  return ["GET", "DELETE"]
    .flatMap((method): CallEdgeCase[] => [
      ...ids.map((id) => ({ request: { method, path: `/clans/${id}` } })),
      ...invalidIds.map((id) => ({
        request: { method, path: `/clans/${encodeURIComponent(id)}` },
        rejected: "path.id",
      })),
    ])
    .concat(
      users.map((id) => ({ request: user(id) })),
      invalidUsers.map((id) => ({ request: user(id), rejected: "path.user_id" })),
    );
}
