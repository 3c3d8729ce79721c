import type { AnySaga, Catalogue, RecordedEvent, SagaMoved } from '#kernel'
import { messageOf } from '#kernel/error-message'
import type { DeadLetter } from '../platform/storage/dead-letters/port.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { inputOf, refusalOf } from './saga-input.ts'
import { sagaMoves } from './saga-moves.ts'
import type { SagaPreview } from './saga-reports.ts'
import { standAfter, type Stand } from './saga-runs.ts'
import { commandReports, inputReport, readRun } from './saga-stream.ts'

/** Number of events in a page of the log, and most pages that are read. */
const pageSize = 1_000
const mostPages = 20

/** A recorded move with the type and the version of its event. */
type Known = { readonly type: string; readonly moved: SagaMoved; readonly version?: number }

/** Reads the events for a run from a position on. */
const missedBy = async (
  saga: AnySaga,
  { key, position }: Pick<DeadLetter, 'key' | 'position'>,
  { readAll }: Pick<EventLog, 'readAll'>,
): Promise<{ readonly events: readonly RecordedEvent[]; readonly isWhole: boolean }> => {
  const events: RecordedEvent[] = []
  let after = position - 1n
  for (let page = 0; page < mostPages; page++) {
    const slice = await readAll({ after, types: saga.reads, limit: pageSize })
    // A type that another follower reads as well may pass the filter of the log.
    events.push(
      ...slice.events.filter(
        (event) => saga.reads.includes(event.type) && saga.keyOf(event) === key,
      ),
    )
    if (slice.caughtUp) return { events, isWhole: true }
    after = slice.position
  }
  return { events, isWhole: false }
}

/**
 * Returns the commands that a retry of a parked run would send for what is recorded now, by the rules of its saga; nothing
 * is written or sent. Their ids are those that the retry sends them under, until one of them is refused or answered.
 */
export const previewRetry = async (
  saga: AnySaga,
  letter: Pick<DeadLetter, 'key' | 'position'>,
  {
    log,
    catalogue,
  }: {
    readonly log: Pick<EventLog, 'read' | 'readAll'>
    readonly catalogue: Pick<Catalogue, 'masked' | 'personal' | 'unreadable'>
  },
): Promise<SagaPreview> => {
  const { key } = letter
  const stream = `${saga.name}-${key}`
  const { moveOf } = sagaMoves(saga, catalogue)
  const known = new Map<string, Known>()
  let stand: Stand = {
    key,
    stream,
    state: saga.initialState,
    revision: -1,
    ended: false,
    resting: false,
    person: undefined,
  }
  const take = (move: Known): void => {
    stand = standAfter(stand, move.moved)
    known.set(move.moved.input.id, move)
  }
  for (const { type, data, metadata } of await readRun(log, stream))
    // The stream of a saga has its moves alone.
    take({ type, moved: data as SagaMoved, version: metadata.schemaVersion })

  type Command = SagaPreview['commands'][number]
  const commandsOf = ({ type, moved, version }: Known, again: boolean): readonly Command[] =>
    commandReports(catalogue, type, moved, version).flatMap((command): readonly Command[] => {
      const refused = known.get(refusalOf(command))
      // A refusal is final: the command is not sent again, but what compensates it is.
      if (refused && again) return commandsOf(refused, true)
      return [{ ...command, input: inputReport(moved.input), again }]
    })

  const { events, isWhole } = await missedBy(saga, letter, log)
  const commands: Command[] = []
  const preview = (processed: number, failure?: SagaPreview['failure']): SagaPreview => ({
    saga: saga.name,
    id: key,
    commands,
    events: processed,
    ended: stand.ended || stand.resting,
    ...(failure && { failure }),
    isWhole,
  })
  for (const [nth, event] of events.entries()) {
    const { type } = event
    const newer = catalogue.unreadable(event)
    if (newer !== undefined) return preview(nth, { type, error: newer })
    const input = inputOf(event)
    const before = known.get(input.id)
    if (before) {
      commands.push(...commandsOf(before, true))
      continue
    }
    try {
      const decided = moveOf(stand, input)
      if (!decided) continue
      take(decided)
      commands.push(...commandsOf(decided, false))
    } catch (error) {
      return preview(nth, { type, error: messageOf(error) })
    }
  }
  return preview(events.length)
}
