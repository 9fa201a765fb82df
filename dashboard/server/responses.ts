import { z } from "zod";
import { ProblemBody } from "./problem.ts";

/** The responses of a route: its answer, that the client has it already, or a problem. */
export const responses = <Answer>(answer: Answer) => ({
  200: answer,
  304: z.undefined(),
  "4xx": ProblemBody,
  "5xx": ProblemBody,
});
