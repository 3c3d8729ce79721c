import { backOff } from '../platform/back-off.ts'
import type { Control } from '../platform/messaging/control/port.ts'
import type { DeadLetters } from '../platform/storage/dead-letters/port.ts'
import type { DocumentStore, Generation } from '../platform/storage/documents/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import type { Run } from './switching.ts'

/**
 * Requests of operators are announced; even without an announcement they are looked for after so many ms, and so is what
 * another process has done to the parts.
 */
const lookEvery = 10_000

/**
 * Divides a generation into parts, and leaves them to their runners. An operator's request concerns any document: the
 * parts are gathered, one run answers it, and they are divided again.
 * @param into number of parts
 * @param over ends the run; the parts stay with their runners
 * @param deps.gather makes the generation whole; returns its position
 * @param deps.check throws when this process may not manage the generation any more
 * @param deps.runWhole runs it as a whole
 * @param deps.left called when this process no longer knows its position
 * @param deps.failed called when the run cannot begin, or ends with an error
 * @returns the run; its `stop` gathers the parts, unless it is over
 */
export const runSplit = (
  generation: Generation,
  into: number,
  over: AbortSignal,
  {
    documents,
    letters,
    control,
    gather,
    check,
    runWhole,
    left,
    failed,
  }: {
    readonly documents: Pick<DocumentStore, 'parts' | 'split' | 'release'>
    readonly letters: Pick<DeadLetters, 'requested'>
    readonly control: Pick<Control, 'news'>
    readonly gather: () => Promise<bigint>
    readonly check: () => void
    readonly runWhole: () => Run
    readonly left: () => void
    readonly failed: (error: unknown) => void
  },
): Run => {
  const { projection, generation: number } = generation
  const stopping = new AbortController()
  const signal = AbortSignal.any([stopping.signal, over])

  const isRequested = async (): Promise<boolean> =>
    (await letters.requested({ kind: 'projection', name: projection.name, generation: number }))
      .length > 0

  const divide = async (): Promise<void> => {
    left()
    const { length } = await documents.parts(generation)
    check()
    // Whoever ran the read model before may have ended while it held the parts.
    if (length === into) return documents.release(generation)
    if (length > 0) await gather()
    check()
    if (!(await documents.split(generation, into)))
      throw new Unavailable(`${projection.name} is run by another process`)
  }

  const answerOperator = async (): Promise<void> => {
    await gather()
    const whole = runWhole()
    const pauses = backOff({ most: 500 })
    while (!signal.aborted && (await isRequested())) await pauses.wait(signal)
    await whole.stop()
    if (!signal.aborted) await divide()
  }

  /** @throws Unavailable when another process has held, joined or divided the parts: the run has to begin anew */
  const checkParts = async (): Promise<void> => {
    const parts = await documents.parts(generation)
    if (parts.length !== into || parts.some(({ isHeld }) => isHeld))
      throw new Unavailable(`The parts of ${projection.name} were changed by another process`)
  }

  const running = (async () => {
    await divide()
    while (!signal.aborted) {
      const news = control.news.listen()
      await checkParts()
      if (await isRequested()) await answerOperator()
      else await news(lookEvery, signal)
    }
  })()
  const ended = running.then(() => (over.aborted ? 0n : gather()))
  ended.catch((error: unknown) => {
    if (!over.aborted) failed(error)
  })

  return {
    generation,
    caughtUp: Promise.resolve(),
    stop: () => {
      stopping.abort()
      return ended
    },
    ended,
  }
}
