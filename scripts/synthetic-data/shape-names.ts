/** `contract`: as the contract writes rows, a part per day. `real`: as the export of another system. */
export const shapeNames = ["contract", "real"] as const;
export type ShapeName = (typeof shapeNames)[number];
