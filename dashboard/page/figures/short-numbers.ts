// Three digits, so that ticks between $0.01 and $0.02 differ too.
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });
/** `150K` */
export const shortNumber = (value: number): string => compact.format(value);
/** `$12.5K`, `$0.30`, `$5` */
export const shortMoney = (value: number): string => `$${compact.format(value).replace(/\.\d$/, "$&0")}`;
