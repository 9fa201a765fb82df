import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

export interface NetworkArgs {
  region: pulumi.Input<string>;
}

/** A network that only the service and the database use, so that neither needs a public address for the other. */
export class Network extends pulumi.ComponentResource {
  readonly network: gcp.compute.Network;
  readonly subnet: gcp.compute.Subnetwork;
  /** An instance with a private address has to wait for this. */
  readonly peering: gcp.servicenetworking.Connection;

  constructor(name: string, args: NetworkArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("clan-platform:index:Network", name, {}, { aliases: [{ type: "clan-platform:Network" }], ...opts });
    const { dependsOn = [] } = opts;
    this.network = new gcp.compute.Network(
      name,
      { name: "clan", autoCreateSubnetworks: false },
      { parent: this, dependsOn },
    );
    this.subnet = new gcp.compute.Subnetwork(
      `${name}-subnet`,
      {
        name: "clan-run",
        region: args.region,
        network: this.network.id,
        // Cloud Run takes two addresses per instance, and keeps those of the last revision for up to 20 minutes
        // (https://cloud.google.com/run/docs/configuring/vpc-direct-vpc#direct-vpc-ip-allocation): 400 for 100 instances.
        ipCidrRange: "10.8.0.0/23",
        privateIpGoogleAccess: true,
        logConfig: {
          aggregationInterval: "INTERVAL_5_SEC",
          flowSampling: 0.1,
          metadata: "INCLUDE_ALL_METADATA",
        },
      },
      { parent: this, dependsOn },
    );
    const range = new gcp.compute.GlobalAddress(
      `${name}-services`,
      {
        name: "clan-services",
        purpose: "VPC_PEERING",
        addressType: "INTERNAL",
        prefixLength: 20,
        network: this.network.id,
      },
      { parent: this, dependsOn },
    );
    this.peering = new gcp.servicenetworking.Connection(
      `${name}-peering`,
      {
        network: this.network.id,
        service: "servicenetworking.googleapis.com",
        reservedPeeringRanges: [range.name],
        // Google keeps a peering for days after its instance is deleted, and refuses to delete it until then
        // (hashicorp/terraform-provider-google#16275); it is deleted with the network.
        deletionPolicy: "ABANDON",
        // Therefore, a new network of this name may find the old one's, which only an update can change.
        updateOnCreationFail: true,
      },
      { parent: this, dependsOn },
    );
    this.registerOutputs();
  }
}
