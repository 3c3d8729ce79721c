import shared from '@eventstore/db-client/generated/shared_pb.js'
import { Unavailable } from '../../unavailable.ts'
import type { BatchAnswer } from './eventstoredb-messages.ts'
import { Conflict, EventRefused, type Append, type AppendOutcome } from './port.ts'

/** What an answer of `BatchAppend` says: the outcome, or what it is unless the append is found in its stream. */
export type BatchReading =
  | { readonly outcome: AppendOutcome }
  | { readonly unlessFound: Conflict | Unavailable }

/**
 * Reads an answer. Servers answer an append that they had recorded before like a fresh one; fresh ones have positions
 * behind all that were known.
 * @param known the greatest position known before the append was sent, or answered before it
 * @param isResent whether a call that broke may have recorded the append
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
      : { unlessFound: new Unavailable(`What was appended to ${stream} cannot be found`) }
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
    unlessFound: new Unavailable(`EventStoreDB does not know what became of an append: ${message}`),
  }
}
