/** How the records of a send can be made smaller, by their codes in Kafka's record batches. */
export const COMPRESSION_CODES = { none: 0, gzip: 1 } as const

/** A way to compress that the client library has built in. */
export type Compression = keyof typeof COMPRESSION_CODES
