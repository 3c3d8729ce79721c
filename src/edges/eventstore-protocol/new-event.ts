import type { AppendReq, BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js'
import type { NewEvent } from '../../platform/storage/event-log/port.ts'
import { badArgument } from './call-refused.ts'
import { idOf } from '../../platform/engines/eventstoredb/uuid.ts'
import { contentOf, contentTypes } from '../../platform/engines/eventstoredb/event-bytes.ts'

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Converts an event of a client's append to an event for the log.
 * @param message as the client sent it
 * @param index of the event in the append, for the error
 * @throws CallRefused naming the field when the log cannot store it
 */
export const newEventOf = (
  message: AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage,
  index: number,
): NewEvent => {
  const field = (name: string) => `proposedMessage[${index}].${name}`
  const eventId = idOf(message.getId())
  if (!uuid.test(eventId)) throw badArgument(`${field('id')}: is not a UUID`)
  const type = message.getMetadataMap().get('type') ?? ''
  if (!/^[^$\0][^\0]{0,499}$/.test(type) || !type.isWellFormed())
    throw badArgument(
      `${field('metadata.type')}: must be the name of an event type, without a leading $`,
    )
  const contentType = message.getMetadataMap().get('content-type') ?? ''
  if (!Object.values(contentTypes).includes(contentType))
    throw badArgument(
      `${field('metadata.content-type')}: must be ${Object.values(contentTypes).join(' or ')}, not ${contentType}`,
    )
  const { at, ...content } = contentOf(eventId, {
    contentType,
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  })
  return { eventId, type, ...content, ...(at !== undefined && { at }) }
}
