import { z } from "zod";
import { described } from "./described.ts";
import { matching } from "./setting-forms.ts";

// `pulumi config set --path` makes a number of digits, such as an app's id.
const name = z.union([z.string().min(1), z.int().transform(String)], "a text");

const audienceForm =
  "a text or a list of texts; more than 15 digits need quotes in the file Pulumi.STACK.yaml";
const jwksForm = "an https URL such as https://id.example.com/jwks.json";

/** Whose tokens make a caller a player. */
export const playerTokens = z.strictObject({
  issuer: described(name, {
    meaning:
      "issuer of the JSON Web Tokens that make a caller a [player](members.md#players-act-for-themselves), so that game clients hold no key; the three are set together, and without them only API keys are accepted. With `access: private`, the identity token goes in `X-Serverless-Authorization`",
    costs: "nothing",
    example: "https://id.example.com",
  }),
  audience: described(z.union([name, z.array(name).min(1, audienceForm)], audienceForm), {
    meaning: "audience of those tokens, or a list of them, of which a token has to have one",
    costs: "nothing",
    example: "my-game",
  }),
  jwksUrl: described(
    matching(/^https:\/\/[^\s@]+$/, jwksForm).refine((text) => URL.canParse(text), jwksForm),
    {
      meaning: "where the public keys are that verify those tokens",
      costs: "nothing",
      example: "https://id.example.com/jwks.json",
    },
  ),
});
