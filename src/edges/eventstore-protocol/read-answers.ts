import shared from '@eventstore/db-client/generated/shared_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'

const { ReadResp } = streams

const encoded = (answer: InstanceType<typeof ReadResp>): Buffer =>
  Buffer.from(answer.serializeBinary())

/** Confirms that a subscription has begun. @param id of the subscription */
export const confirmation = (id: string): Buffer => {
  const confirmed = new ReadResp.SubscriptionConfirmation()
  confirmed.setSubscriptionId(id)
  return encoded(new ReadResp().setConfirmation(confirmed))
}

/** Checkpoint of a filtered subscription: the position up to which it has read the log. */
export const checkpoint = (position: bigint): Buffer => {
  const reached = new ReadResp.Checkpoint()
  reached.setCommitPosition(String(position))
  reached.setPreparePosition(String(position))
  return encoded(new ReadResp().setCheckpoint(reached))
}

/** Answer when the stream has no events. */
export const streamNotFound = (stream: string): Buffer => {
  const name = new shared.StreamIdentifier().setStreamName(Buffer.from(stream))
  const notFound = new ReadResp.StreamNotFound().setStreamIdentifier(name)
  return encoded(new ReadResp().setStreamNotFound(notFound))
}

/** End of a stream: its last revision. */
export const endOfStream = (revision: number): Buffer =>
  encoded(new ReadResp().setLastStreamPosition(String(revision)))

/** End of the log: its head. */
export const endOfLog = (position: bigint): Buffer => {
  const last = new shared.AllStreamPosition()
  last.setCommitPosition(String(position))
  last.setPreparePosition(String(position))
  return encoded(new ReadResp().setLastAllStreamPosition(last))
}

/** Signals that the subscription has caught up and is live. */
export const caughtUp: Buffer = encoded(new ReadResp().setCaughtUp(new ReadResp.CaughtUp()))

/** Signals that the reader has fallen behind. */
export const fellBehind: Buffer = encoded(new ReadResp().setFellBehind(new ReadResp.FellBehind()))
