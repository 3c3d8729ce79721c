import type { Socket } from 'node:net'
import { BSON, type Document } from 'mongodb'

/** Kinds of messages: the answer to a query, a query of the driver's first handshake, and a command with its answer. */
export const opReply = 1
export const opQuery = 2_004
export const opMessage = 2_013

/** Makes whole messages of what a socket receives. */
export const messagesOf = (socket: Socket, take: (message: Buffer) => void): void => {
  let received = Buffer.alloc(0)
  socket.on('data', (part: Buffer) => {
    received = Buffer.concat([received, part])
    while (received.length >= 4 && received.length >= received.readInt32LE(0)) {
      const length = received.readInt32LE(0)
      take(received.subarray(0, length))
      received = received.subarray(length)
    }
  })
}

/** A message of the wire protocol, with its length and header. */
export const message = (
  requestId: number,
  responseTo: number,
  opCode: number,
  body: Buffer,
): Buffer => {
  const header = Buffer.alloc(16)
  header.writeInt32LE(16 + body.length, 0)
  header.writeInt32LE(requestId, 4)
  header.writeInt32LE(responseTo, 8)
  header.writeInt32LE(opCode, 12)
  return Buffer.concat([header, body])
}

/** The body of an OP_MSG: flags, a document, and further sections as they are. */
export const bodyOf = (document: Document, sections: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, 0, 0]), BSON.serialize(document), sections])

/** The document of an OP_MSG, with the types of its numbers, and its further sections. */
export const parsed = (
  found: Buffer,
): { readonly document: Document; readonly sections: Buffer } => {
  const from = 16 + 4 + 1
  const end = from + found.readInt32LE(from)
  return {
    document: BSON.deserialize(found.subarray(from, end), { promoteValues: false }),
    sections: found.subarray(end),
  }
}
