/** Timeouts and sizes of a connection. */
export const connectionLimits = {
  /** Until all headers have arrived, ms. */
  headersTimeout: 10_000,
  /** Until the whole request has arrived, ms: a megabyte in this time is half a megabit a second. */
  requestTimeout: 20_000,
  /** Until all files of a request have arrived, ms; without a pause of `requestTimeout`. */
  uploadTimeout: 60 * 60_000,
  /** Interval between checks of the timeouts, ms. */
  connectionsCheckingInterval: 1_000,
  /** All headers together, in bytes. */
  maxHeaderSize: 16_384,
} as const
