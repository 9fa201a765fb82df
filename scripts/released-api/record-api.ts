import { writeFileSync } from "node:fs";
import { UserFacingError } from "@clan-platform/contract/errors.ts";
import { clientTypes } from "./client-types.ts";
import { currentDocument } from "./current-document.ts";
import { clientTypesFile, documentsFolder, newestRecorded, toText } from "./files.ts";
import { fileOf, isNewVersion } from "./record.ts";

// `npm run record-api`: keeps the OpenAPI document in docs/openapi, and writes the types of the TypeScript client.
try {
  const current = await currentDocument();
  const recorded = newestRecorded();
  const isNew = recorded === undefined || isNewVersion(recorded, current);
  if (isNew) writeFileSync(new URL(fileOf(current), documentsFolder), toText(current));
  writeFileSync(clientTypesFile, await clientTypes(current));
  const { version } = current.info;
  console.log(isNew ? `Recorded version ${version} of the API.` : `Version ${version} is recorded already.`);
} catch (error) {
  if (!(error instanceof UserFacingError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
