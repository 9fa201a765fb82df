import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { answerOrNotModified } from "./entity-tag.ts";
import { derivedScope, type Reader } from "./reader.ts";

/** What a route reads from the tables that are computed from raw. */
interface DerivedRead<Value, Answer> {
  /** Names what is read: the same for the same question. */
  key: string;
  read(warehouse: Warehouse): Promise<Value>;
  /** The rest of the answer; of undefined while there is no warehouse. */
  toAnswer(value: Value | undefined): Answer;
}

/** Answers with what the tables computed from raw say, or with 304 to a client that has it. */
export async function derivedAnswer<Value, Answer extends object>(
  reader: Reader,
  request: FastifyRequest,
  reply: FastifyReply,
  { key, read, toAnswer }: DerivedRead<Value, Answer>,
) {
  const { version, isHeld, value } = await reader.read(key, read, derivedScope);
  return answerOrNotModified(request, reply, { version, isHeld, ...toAnswer(value) });
}
