// Imported by Node before it runs the program (Pulumi.yaml). JavaScript, because an older Node can't read anything else.
if (!process.features.typescript) {
  console.error(
    `Pulumi runs this program on Node ${process.versions.node}, which can't run TypeScript: install Node 22.18 or later, or run npm exec -c 'pulumi up'.`,
  );
  process.exit(1);
}
