import { Compile } from 'typebox/compile'
import { firstUse, SagaMoved, type Catalogue, type RecordedEvent } from '#kernel'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import type { SagaCommand, SagaMoveInput, SagaMoveReport } from './saga-reports.ts'

/** Number of events in a page of a stream. */
const pageSize = 500

const moves = firstUse(() => Compile(SagaMoved))

/** Reads the whole stream of a run. */
export const readRun = async (
  log: Pick<EventLog, 'read'>,
  stream: string,
): Promise<readonly RecordedEvent[]> => {
  const events: RecordedEvent[] = []
  for (;;) {
    const page = await log.read(stream, { from: events.length, limit: pageSize })
    events.push(...page)
    if (page.length < pageSize) return events
  }
}

/** Returns the input of a move as operators see it. */
export const inputReport = ({ kind, type, id, reason }: SagaMoved['input']): SagaMoveInput => ({
  kind,
  type,
  ...(kind === 'event' ? { eventId: id } : { commandId: id.slice(id.indexOf(':') + 1) }),
  ...(reason !== undefined && { reason }),
})

/**
 * Returns the commands of a move as operators see them: without their data, guessable targets masked.
 * @param type of the saga's event
 */
export const commandReports = (
  { masked }: Pick<Catalogue, 'masked'>,
  type: string,
  data: unknown,
  schemaVersion?: number,
): readonly SagaCommand[] => {
  const shown = masked(type, data, schemaVersion)
  return moves().Check(shown)
    ? shown.steps.map(({ id, type: command, to, target, wait }) => ({
        id,
        type: command,
        to,
        target,
        wait,
      }))
    : []
}

/** Returns a recorded move as operators see it; none for an event of a newer version. */
export const moveReports = (
  catalogue: Pick<Catalogue, 'masked'>,
  { type, data, at, position, eventId, metadata }: RecordedEvent,
): readonly SagaMoveReport[] => {
  if (!moves().Check(data)) return []
  const { input, ended, resting } = data
  return [
    {
      eventId,
      type,
      at,
      position,
      correlationId: metadata.correlationId,
      input: inputReport(input),
      commands: commandReports(catalogue, type, data, metadata.schemaVersion),
      ended: ended || resting === true,
    },
  ]
}
