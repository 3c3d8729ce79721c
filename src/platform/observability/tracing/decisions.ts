import { traceIdOf } from './trace-context.ts'

/** Number of traces whose sampling is remembered, a power of two: followers come to an event some time after its command. */
const remembered = 4_096

const [sampled, notSampled] = [1, 2]

/**
 * Remembers which traces are sampled, as deciding costs a hash each time. Two traces with the same last bits displace each
 * other; keeping the order of use would cost more, for each trace. The table has no objects: those of 4,096 traces would
 * outlive the collector's young generation.
 * @param isSampled decides, by the id of a trace in 32 hexadecimal digits
 * @returns whether a trace is sampled, by its correlation id and the four numbers of 32 bits that this consists of
 */
export const decisions = (
  isSampled: (traceId: string) => boolean,
): ((correlationId: string, words: Int32Array) => boolean) => {
  const known = new Int32Array(4 * remembered)
  const outcomes = new Uint8Array(remembered)
  return (correlationId, words) => {
    const slot = words[3]! & (remembered - 1)
    const at = 4 * slot
    if (
      outcomes[slot] !== 0 &&
      known[at] === words[0] &&
      known[at + 1] === words[1] &&
      known[at + 2] === words[2] &&
      known[at + 3] === words[3]
    )
      return outcomes[slot] === sampled
    const is = isSampled(traceIdOf(correlationId) ?? '')
    known.set(words, at)
    outcomes[slot] = is ? sampled : notSampled
    return is
  }
}
