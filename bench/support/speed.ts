/** Bytes of the memory that is read at random: several times the caches of a processor. */
const memoryBytes = 128 * 1_024 * 1_024

/** Random reads of a sample. */
const reads = 2_000_000

/** Time of the sample of JSON, in ms. */
const jsonMs = 300

/** What a machine gives at a time: virtual machines of one kind differ by a factor of two from hour to hour. */
export type Speed = {
  /** Latency of a random read of memory, in ns. */
  readonly memoryNs: number
  /** Small objects that one core writes as JSON and parses, in a ms. */
  readonly jsonPerMs: number
}

/** A cycle through all cells in random order, so that no read can begin before the one that it depends on has ended. */
const randomCycle = (cells: number): Uint32Array => {
  const next = Uint32Array.from({ length: cells }, (_, at) => at)
  // Sattolo's algorithm (1986): one cycle through all cells.
  for (let at = cells - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * at)
    ;[next[at], next[other]] = [next[other]!, next[at]!]
  }
  return next
}

const readLatency = (): number => {
  const next = randomCycle(memoryBytes / Uint32Array.BYTES_PER_ELEMENT)
  let at = 0
  const since = performance.now()
  for (let read = 0; read < reads; read += 1) at = next[at]!
  const ms = performance.now() - since
  // The sum depends on the last read: the loop cannot be left out.
  return ((ms + at * 0) / reads) * 1_000_000
}

const jsonRate = (): number => {
  const sample = {
    id: 1,
    name: 'hello',
    list: [1, 2, 3],
    more: { text: 'x'.repeat(50), none: null },
  }
  const since = performance.now()
  let done = 0
  for (; performance.now() - since < jsonMs; done += 100)
    for (let nth = 0; nth < 100; nth += 1) JSON.parse(JSON.stringify(sample))
  return done / (performance.now() - since)
}

/** Samples the speed of the machine, which takes about 2 s of one core. */
export const speedOf = (): Speed => ({
  memoryNs: Math.round(readLatency()),
  jsonPerMs: Math.round(jsonRate()),
})
