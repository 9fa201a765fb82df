import { UserFacingError } from "@clan-platform/contract/errors.ts";
import type { ApiDocument } from "./api-document.ts";
import { breakingChanges } from "./breaking-changes.ts";

/** The file of a released document, in docs/openapi. */
export const fileOf = ({ info }: ApiDocument) => `v${majorOf(info.version)}.json`;

/**
 * Checks that a document may follow the newest recorded one; true when it differs from it.
 * @throws {UserFacingError} when it breaks clients of the same major version, or its version is not raised
 */
export function isNewVersion(recorded: ApiDocument, current: ApiDocument): boolean {
  if (JSON.stringify(recorded) === JSON.stringify(current)) return false;
  const [old, now] = [recorded.info.version, current.info.version];
  const breaks = breakingChanges(recorded, current);
  if (breaks.length > 0 && majorOf(now) === majorOf(old)) {
    throw new UserFacingError(
      `The API no longer serves clients of version ${old}: keep what they use, or raise apiVersion in ` +
        `service/src/http/openapi.ts to ${majorOf(old) + 1}.0.0.\n  ${breaks.join("\n  ")}`,
    );
  }
  if (compare(now, old) <= 0) {
    throw new UserFacingError(
      `The API differs from version ${old}: raise apiVersion in service/src/http/openapi.ts, which is ${now}.`,
    );
  }
  return true;
}

const majorOf = (version: string) => Number(version.split(".")[0]);

const compare = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true });
