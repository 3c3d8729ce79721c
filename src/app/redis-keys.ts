/**
 * The prefixes of the keys of one Agora in a Redis that others may use as well.
 * @param room part of each prefix: the identity of the log; older versions derived it from the secret
 */
export const redisKeys = (room: string) => ({
  counts: `agora:count:${room}:`,
  cache: `agora:cache:${room}:`,
  /** The whole key of a stream. */
  told: `agora:told:${room}`,
  // In braces: what a cluster is to keep in one place.
  jobs: `agora:{jobs-${room}}`,
})
