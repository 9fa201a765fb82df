import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { type HttpResponse, sendRequest } from "./http-client.ts";

/** Returns what is wrong with a response; undefined when the service's OpenAPI document declares it. */
export type ResponseValidator = (method: string, path: string, response: HttpResponse) => string | undefined;

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, DeclaredResponse> }>>;
  components: object;
}
interface DeclaredResponse {
  content?: Record<string, { schema: object }>;
}

/** Reads the OpenAPI document of a running service. */
export async function loadResponseValidator(url: string): Promise<ResponseValidator> {
  const { paths, components }: Document = JSON.parse(
    (await sendRequest(url, { path: "/openapi.json" })).text,
  );
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats.default(ajv);
  const validators = new Map<DeclaredResponse, ValidateFunction>();
  const validatorOf = (declared: DeclaredResponse, schema: object) => {
    const known = validators.get(declared) ?? ajv.compile({ ...schema, components });
    validators.set(declared, known);
    return known;
  };
  // A literal path such as /clans/search takes precedence over a matching one with parameters.
  const routes = Object.entries(paths)
    .toSorted(([a], [b]) => a.split("{").length - b.split("{").length)
    .map(([template, methods]) => ({ pattern: patternOf(template), methods }));

  return (method, path, response) => {
    const [pathname = ""] = path.split("?");
    const methods = routes.find(({ pattern }) => pattern.test(pathname))?.methods;
    const declared = methods?.[method.toLowerCase()]?.responses[response.status];
    if (!declared) return `${response.status} is not declared`;
    const [type, content] = Object.entries(declared.content ?? {})[0] ?? [];
    if (!type || !content) return response.text === "" ? undefined : "has a body, and none is declared";
    if (!String(response.headers["content-type"]).startsWith(type))
      return `${response.headers["content-type"]} instead of ${type}`;
    const validate = validatorOf(declared, content.schema);
    if (type === "application/x-ndjson") {
      const fault = faultOfLines(response.text);
      if (fault) return fault;
      return validate(response.text) ? undefined : ajv.errorsText(validate.errors);
    }
    return validate(parse(response.text)) ? undefined : ajv.errorsText(validate.errors);
  };
}

const patternOf = (template: string) => new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]*")}/?$`);

/** Lines of JSON objects, each with a type; an empty text has none. */
function faultOfLines(text: string): string | undefined {
  if (text !== "" && !text.endsWith("\n")) return "the last line is cut off";
  const lines = text.split("\n").slice(0, -1);
  const isObject = (line: string) => typeof (parse(line) as { type?: unknown } | null)?.type === "string";
  const faulty = lines.findIndex((line) => !isObject(line));
  return faulty < 0 ? undefined : `line ${faulty + 1} is not an object with a type`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
