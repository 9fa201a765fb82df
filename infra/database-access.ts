import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Database } from "./database.ts";
import type { DatabaseLogin } from "./database-login.ts";
import type { Network } from "./network.ts";

/**
 * What a container on Cloud Run and its template need to reach the database: the unix socket that Cloud Run provides, whose
 * proxy encrypts, or, if the database has no public address, the network and TLS. Either way it logs in by IAM, with an
 * access token for a password.
 */
export function databaseAccess(database: Database, login: DatabaseLogin, network: Network | undefined) {
  const { connectionName, privateIpAddress } = database.instance;
  const host = network ? privateIpAddress : pulumi.interpolate`/cloudsql/${connectionName}`;
  const [user, address] = [login.user.name, host].map((part) => part.apply(encodeURIComponent));
  const url = pulumi.interpolate`postgres://${user}@${address}/${database.database.name}`;
  const envs: { name: string; value: pulumi.Input<string> }[] = [
    { name: "DATABASE_URL", value: url },
    { name: "DATABASE_AUTH", value: "google-iam" },
  ];
  if (!network) {
    const volumes = [{ name: "cloudsql", cloudSqlInstance: { instances: [connectionName] } }];
    const volumeMounts = [{ name: "cloudsql", mountPath: "/cloudsql" }];
    return { container: { envs, volumeMounts }, template: { volumes } };
  }
  // Not the instance's own `serverCaCerts`: during a rotation, that lacks the next certificate.
  const { certs } = gcp.sql.getCaCertsOutput({ instance: database.instance.name }, { parent: database });
  const certificates = certs.apply((all) => all.map(({ cert }) => cert).join("\n"));
  // Certificates are public, although the provider marks them as secret.
  envs.push({ name: "DATABASE_CA", value: pulumi.unsecret(certificates) });
  const networkInterfaces = [{ network: network.network.id, subnetwork: network.subnet.id }];
  const vpcAccess = { networkInterfaces, egress: "PRIVATE_RANGES_ONLY" };
  return { container: { envs }, template: { vpcAccess } };
}
