import { enableCompileCache } from "node:module";

// Imported first: what is compiled from here on is compiled once a machine, not once a start.
enableCompileCache();
