import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { type Answer, ask } from "./ask.ts";

/** Says what is wrong with an answer; undefined when the service's OpenAPI document declares it so. */
export type Declared = (method: string, path: string, answer: Answer) => string | undefined;

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, Response> }>>;
  components: object;
}
interface Response {
  content?: Record<string, { schema: object }>;
}

/** Reads from a running service which answers it declares. */
export async function declaredAnswers(url: string): Promise<Declared> {
  const { paths, components }: Document = JSON.parse((await ask(url, { path: "/openapi.json" })).text);
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats.default(ajv);
  const validators = new Map<Response, ValidateFunction>();
  const validatorOf = (response: Response, schema: object) => {
    const known = validators.get(response) ?? ajv.compile({ ...schema, components });
    validators.set(response, known);
    return known;
  };
  // A literal path such as /clans/search comes before one with parameters that fits as well.
  const routes = Object.entries(paths)
    .toSorted(([a], [b]) => a.split("{").length - b.split("{").length)
    .map(([template, methods]) => ({ pattern: patternOf(template), methods }));

  return (method, path, answer) => {
    const [pathname = ""] = path.split("?");
    const methods = routes.find(({ pattern }) => pattern.test(pathname))?.methods;
    const response = methods?.[method.toLowerCase()]?.responses[answer.status];
    if (!response) return `${answer.status} is not declared`;
    const [type, content] = Object.entries(response.content ?? {})[0] ?? [];
    if (!type || !content) return answer.text === "" ? undefined : "a body, where none is declared";
    if (!String(answer.headers["content-type"]).startsWith(type))
      return `${answer.headers["content-type"]} instead of ${type}`;
    const validate = validatorOf(response, content.schema);
    return validate(parse(answer.text)) ? undefined : ajv.errorsText(validate.errors);
  };
}

const patternOf = (template: string) => new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]*")}$`);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
