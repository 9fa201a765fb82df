/** How long what expires by itself is kept, as intervals of PostgreSQL. What the API's document says of them is for people. */
export const keptFor = {
  /** The first answer to a request with an Idempotency-Key. */
  idempotencyKeys: "24 hours",
  /** A join request or an invitation, which is void afterwards. */
  pendingMemberships: "7 days",
  /** That a user was erased; the warehouse looks every day. */
  erasedUsers: "90 days",
};
