import shared from '@eventstore/db-client/generated/shared_pb.js'
import { Unavailable } from '../../unavailable.ts'
import type { BatchAnswer } from './eventstoredb-messages.ts'
import { Conflict, EventRefused, type Append, type AppendOutcome } from './port.ts'

/** Interpretation of an answer of `BatchAppend`: the outcome, or the outcome if the append is not found in its stream. */
export type BatchReading =
  | { readonly outcome: AppendOutcome }
  | { readonly unlessFound: Conflict | Unavailable }

/**
 * Interprets an answer. Servers answer a repeated append like a new one; new events have positions behind all known ones.
 * @param known greatest position known before the append was sent, or answered before it
 * @param isResent whether an earlier, interrupted call may have recorded the append
 */
export const readBatchAnswer = (
  { stream, expected, events }: Append,
  answer: BatchAnswer,
  { known, isResent }: { readonly known: bigint; readonly isResent: boolean },
): BatchReading => {
  const success = answer.getSuccess()
  if (success) {
    const position = success.getPosition()
    const commit = position && BigInt(position.getCommitPosition())
    const isPlain = position?.getPreparePosition() === position?.getCommitPosition()
    return commit !== undefined && commit > known && isPlain && !isResent
      ? { outcome: { revision: Number(success.getCurrentRevision()), position: commit } }
      : { unlessFound: new Unavailable(`The events appended to ${stream} were not found`) }
  }
  const error = answer.getError()
  const details = error?.getDetails()
  const message = error?.getMessage() ?? ''
  const name = details?.getTypeName() ?? ''
  if (name.endsWith('WrongExpectedVersion')) {
    const wrong = details!.unpack(
      (bytes) => shared.WrongExpectedVersion.deserializeBinary(bytes),
      name,
    )
    const revision = wrong?.hasCurrentStreamRevision() ? wrong.getCurrentStreamRevision() : -1
    const conflict = new Conflict(stream, expected, Number(revision))
    return isResent ? { unlessFound: conflict } : { outcome: conflict }
  }
  if (/\.(MaximumAppendSizeExceeded|BadRequest)$/.test(name)) {
    const blamed = events.find(({ type }) => message.includes(type)) ?? events[0]!
    return { outcome: new EventRefused(blamed.type, message) }
  }
  if (name.endsWith('AccessDenied'))
    return { outcome: new Error(`EventStoreDB denies access: ${message}`) }
  return {
    unlessFound: new Unavailable(`EventStoreDB does not know the outcome of an append: ${message}`),
  }
}
