/**
 * Key prefixes of one Agora in a Redis that may be shared.
 * @param room part of each prefix: the identity of the log; older versions derived it from the secret
 */
export const redisKeys = (room: string) => ({
  counts: `agora:count:${room}:`,
  cache: `agora:cache:${room}:`,
  /** Key of the stream of the process bus. */
  processBus: `agora:told:${room}`,
  // Braces are a hash tag: a cluster stores all these keys in one slot.
  jobs: `agora:{jobs-${room}}`,
})
