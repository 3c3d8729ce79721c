import { status } from '@grpc/grpc-js'
import any from 'google-protobuf/google/protobuf/any_pb.js'
import wellKnown from 'google-protobuf/google/protobuf/empty_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import statuses from '@eventstore/db-client/generated/status_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import { Conflict, type Appended } from '../../platform/storage/event-log/port.ts'
import type { CallRefused } from './call-refused.ts'

/** What an append of a batch is answered beside its outcome, so that its client knows which one is meant. */
export type Asked = {
  readonly correlationId: NonNullable<ReturnType<BatchAppendReq['getCorrelationId']>>
  readonly options: BatchAppendReq.Options
}

/** A message that has a type of its own in the protocol. */
type Detail = { readonly serializeBinary: () => Uint8Array }

const empty = () => new wellKnown.Empty()

const answerTo = ({ correlationId, options }: Asked): BatchAppendResp => {
  const answer = new streams.BatchAppendResp().setCorrelationId(correlationId)
  answer.setStreamIdentifier(options.getStreamIdentifier())
  if (options.hasNoStream()) answer.setNoStream(empty())
  else if (options.hasStreamExists()) answer.setStreamExists(empty())
  else if (options.hasStreamPosition()) answer.setStreamPosition(options.getStreamPosition())
  else answer.setAny(empty())
  return answer
}

const failed = (
  asked: Asked,
  code: number,
  message: string,
  name: string,
  detail: Detail,
): BatchAppendResp => {
  const details = new any.Any()
  details.pack(detail.serializeBinary(), `event_store.client.${name}`)
  const error = new statuses.Status().setMessage(message).setDetails(details)
  // The codes of google.rpc.Code are those of gRPC.
  error.setCode(code as Parameters<typeof error.setCode>[0])
  return answerTo(asked).setError(error)
}

/** An append that was recorded. */
export const batchSuccess = (asked: Asked, { revision, position }: Appended): BatchAppendResp => {
  const at = new shared.AllStreamPosition()
  at.setCommitPosition(String(position)).setPreparePosition(String(position))
  const success = new streams.BatchAppendResp.Success()
  success.setCurrentRevision(String(revision)).setPosition(at)
  return answerTo(asked).setSuccess(success)
}

/** An append without events, where its stream is as expected. @param revision of the stream; -1 without events */
export const batchEmptySuccess = (asked: Asked, revision: number): BatchAppendResp => {
  const success = new streams.BatchAppendResp.Success().setNoPosition(empty())
  if (revision < 0) success.setNoStream(empty())
  else success.setCurrentRevision(String(revision))
  return answerTo(asked).setSuccess(success)
}

/** An append whose stream is not where it was expected. */
export const batchConflict = (asked: Asked, { revision, message }: Conflict): BatchAppendResp => {
  const { options } = asked
  const wrong = new shared.WrongExpectedVersion()
  if (revision < 0) wrong.setCurrentNoStream(empty())
  else wrong.setCurrentStreamRevision(String(revision))
  if (options.hasNoStream()) wrong.setExpectedNoStream(empty())
  else if (options.hasStreamExists()) wrong.setExpectedStreamExists(empty())
  else if (options.hasStreamPosition()) wrong.setExpectedStreamPosition(options.getStreamPosition())
  else wrong.setExpectedAny(empty())
  return failed(asked, status.ALREADY_EXISTS, message, 'WrongExpectedVersion', wrong)
}

/** An append that its client no longer waits for. @param isOpen whether it may be recorded all the same */
export const batchTimeout = (asked: Asked, isOpen: boolean): BatchAppendResp =>
  failed(
    asked,
    status.DEADLINE_EXCEEDED,
    isOpen
      ? 'Its deadline is over; append the same events again to find out whether they were recorded'
      : 'Its deadline is over; nothing was recorded',
    'Timeout',
    new shared.Timeout(),
  )

/** An append that is not taken. */
export const batchRefusal = (
  asked: Asked,
  { code, details, metadata }: CallRefused,
): BatchAppendResp => {
  const [size] = metadata.get('maximum-append-size')
  if (size !== undefined) {
    const detail = new shared.MaximumAppendSizeExceeded().setMaxappendsize(Number(size))
    return failed(asked, code, details, 'MaximumAppendSizeExceeded', detail)
  }
  if (code === status.PERMISSION_DENIED)
    return failed(asked, code, details, 'AccessDenied', new shared.AccessDenied())
  if (code === status.INVALID_ARGUMENT)
    return failed(asked, code, details, 'BadRequest', new shared.BadRequest().setMessage(details))
  return failed(asked, code, details, 'Unknown', new shared.Unknown())
}
