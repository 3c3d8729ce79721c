import { Unavailable } from '../unavailable.ts'
import type { AppendOutcome, EventLog } from './port.ts'

/**
 * Appends one after another, by a log's own `append`: for engines without a quicker way to record in order.
 * @throws Unavailable as soon as it is not known what became of one
 */
export const appendInTurn =
  (append: EventLog['append']): EventLog['appendInOrder'] =>
  async (appends) => {
    const outcomes: AppendOutcome[] = []
    for (const { stream, expected, events } of appends)
      try {
        outcomes.push(await append(stream, expected, events))
      } catch (error) {
        if (error instanceof Unavailable || !(error instanceof Error)) throw error
        outcomes.push(error)
      }
    return outcomes
  }
