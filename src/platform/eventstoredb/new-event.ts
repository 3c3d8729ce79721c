import type { AppendReq } from '@eventstore/db-client/generated/streams_pb.js'
import type { UUID } from '@eventstore/db-client/generated/shared_pb.js'
import type { NewEvent } from '../event-log/port.ts'
import { isUnkeepable } from '../event-log/unkeepable.ts'
import { badArgument } from './call-refused.ts'
import { fromWire } from './wire.ts'

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const hexOf = (half: string): string =>
  BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0')

/** An id, whether it came as text or as two halves of 64 bits. */
const idOf = (id: UUID | undefined): string => {
  const halves = id?.getStructured()
  if (!halves) return id?.getString().toLowerCase() ?? ''
  const hex = hexOf(halves.getMostSignificantBits()) + hexOf(halves.getLeastSignificantBits())
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** The most metadata that an event may have, in bytes: with more, clients could not receive it again (4 MiB a message). */
const maxMetadataBytes = 64 * 1024

/** Objects and lists may be within each other so deep; what is far deeper, PostgreSQL and readers cannot take apart. */
const deepest = 200

const isDeeper = (value: unknown, depth: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1)))

/** What JSON bytes say. @param field whose they are, for the refusal */
const jsonOf = (bytes: Uint8Array, field: string): unknown => {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw badArgument(`${field}: is not JSON in UTF-8, which is all that this log keeps`)
  }
  if (isDeeper(value, deepest))
    throw badArgument(`${field}: is nested deeper than ${deepest} levels`)
  if (isUnkeepable(JSON.stringify(value)))
    throw badArgument(`${field}: contains U+0000 or half a character`)
  return value
}

/**
 * An event that a client appends, in our words.
 * @param message as it was sent
 * @param index its place in the append, for the refusal
 * @throws CallRefused naming the field when the log cannot keep it
 */
export const newEventOf = (message: AppendReq.ProposedMessage, index: number): NewEvent => {
  const field = (name: string) => `proposedMessage[${index}].${name}`
  const eventId = idOf(message.getId())
  if (!uuid.test(eventId)) throw badArgument(`${field('id')}: is not a UUID`)
  const type = message.getMetadataMap().get('type') ?? ''
  if (!/^[^$\0][^\0]{0,499}$/.test(type) || !type.isWellFormed())
    throw badArgument(`${field('metadata.type')}: is to be the name of a kind of event, without $`)
  const contentType = message.getMetadataMap().get('content-type')
  if (contentType !== 'application/json')
    throw badArgument(
      `${field('metadata.content-type')}: is to be application/json, not ${contentType}`,
    )
  const custom = message.getCustomMetadata_asU8()
  if (custom.length > maxMetadataBytes)
    throw badArgument(`${field('customMetadata')}: is larger than ${maxMetadataBytes} bytes`)
  const known = custom.length > 0 ? jsonOf(custom, field('customMetadata')) : {}
  const { metadata, at } = fromWire(eventId, known)
  return {
    eventId,
    type,
    data: jsonOf(message.getData_asU8(), field('data')),
    metadata,
    ...(at !== undefined && { at }),
  }
}
