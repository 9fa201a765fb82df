import type { ApiDocument, Operation, Parameter, Security } from "./api-document.ts";
import { requestBreaks, responseBreaks } from "./schema-changes.ts";

/** What a client of the document `before` could no longer do with the service of the document `after`, one sentence each. */
export function breakingChanges(before: ApiDocument, after: ApiDocument): string[] {
  return Object.entries(before.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, old]) => {
      const name = `${method.toUpperCase()} ${path}`;
      const now = after.paths[path]?.[method];
      if (!now) return [`${name} is removed`];
      return operationBreaks(before, after, old, now).map((what) => `${name}: ${what}`);
    }),
  );
}

function operationBreaks(before: ApiDocument, after: ApiDocument, old: Operation, now: Operation): string[] {
  return [
    ...(old.operationId === now.operationId ? [] : [`operationId is no longer ${old.operationId}`]),
    ...securityBreaks(old.security ?? before.security ?? [], now.security ?? after.security ?? []),
    ...parameterBreaks(before, after, old, now),
    ...bodyBreaks(before, after, old, now),
    ...answerBreaks(before, after, old, now),
  ];
}

/** A request that was let in by one of the old alternatives has to be by one of the new ones. */
function securityBreaks(old: Security[], now: Security[]): string[] {
  const alternatives = now.length === 0 ? [{}] : now;
  if (old.length === 0) return alternatives.some(isEmpty) ? [] : ["needs an API key"];
  const isLetIn = (given: Security) => alternatives.some((needed) => covers(given, needed));
  return old.every(isLetIn) ? [] : ["needs another scope"];
}

const isEmpty = (security: Security) => Object.keys(security).length === 0;

const covers = (given: Security, needed: Security) =>
  Object.entries(needed).every(
    ([scheme, scopes]) => scheme in given && scopes.every((scope) => given[scheme]?.includes(scope)),
  );

function parameterBreaks(before: ApiDocument, after: ApiDocument, old: Operation, now: Operation): string[] {
  const isSame = (one: Parameter) => (other: Parameter) => one.name === other.name && one.in === other.in;
  const removed = (old.parameters ?? []).flatMap((parameter) => {
    const other = now.parameters?.find(isSame(parameter));
    const where = `${parameter.in} parameter ${parameter.name}`;
    if (!other) return [`${where} is removed`];
    const isNowRequired = other.required && !parameter.required ? [`${where} is required`] : [];
    return [...isNowRequired, ...requestBreaks({ before, after }, parameter.schema, other.schema, where)];
  });
  const required = (now.parameters ?? []).filter((parameter) => parameter.required);
  const added = required.filter((parameter) => !old.parameters?.some(isSame(parameter)));
  return [...removed, ...added.map((each) => `${each.in} parameter ${each.name} is new and required`)];
}

function bodyBreaks(before: ApiDocument, after: ApiDocument, old: Operation, now: Operation): string[] {
  if (!old.requestBody) return now.requestBody?.required ? ["needs a body"] : [];
  const required = now.requestBody?.required && !old.requestBody.required ? ["needs a body"] : [];
  const breaks = Object.entries(old.requestBody.content).flatMap(([type, { schema }]) => {
    const other = now.requestBody?.content[type];
    if (!other) return [`no longer takes ${type}`];
    return requestBreaks({ before, after }, schema, other.schema, "body");
  });
  return [...required, ...breaks];
}

function answerBreaks(before: ApiDocument, after: ApiDocument, old: Operation, now: Operation): string[] {
  return Object.entries(old.responses).flatMap(([status, { content = {}, headers = {} }]) => {
    const answer = now.responses[status];
    if (!answer) return [`no longer declares ${status}`];
    const lost = Object.keys(headers).filter((header) => !(header in (answer.headers ?? {})));
    const bodies = Object.entries(content).flatMap(([type, { schema }]) => {
      const other = answer.content?.[type];
      if (!other) return [`${status} is no longer ${type}`];
      return responseBreaks({ before, after }, schema, other.schema, `${status}`);
    });
    return [...lost.map((header) => `${status} lacks the header ${header}`), ...bodies];
  });
}
