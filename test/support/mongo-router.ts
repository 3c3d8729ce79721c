import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { BSON, Int32, type Document } from 'mongodb'
import { bodyOf, message, messagesOf, opMessage, opQuery, opReply, parsed } from './mongo-wire.ts'
import { freshMongo } from './mongo.ts'

/** A router (`mongos`) of a sharded cluster. */
export type MongoRouter = AsyncDisposable & {
  readonly url: string
  /** Name of the database that the URL names. */
  readonly database: string
  /** Commands of sharding, in order, and the first write to each collection. */
  readonly commands: readonly Document[]
  /** Writes that a router refuses for a collection that is sharded by its hashed `_id`. */
  readonly faults: readonly string[]
}

/** Commands of sharding, which the server of the tests does not have. */
const sharding = new Set(['shardCollection', 'enableSharding'])
const writes = new Set(['insert', 'update', 'delete', 'findAndModify'])

const hello: Document = {
  ismaster: true,
  isWritablePrimary: true,
  msg: 'isdbgrid',
  maxBsonObjectSize: new Int32(16_777_216),
  maxMessageSizeBytes: new Int32(48_000_000),
  maxWriteBatchSize: new Int32(100_000),
  minWireVersion: new Int32(0),
  maxWireVersion: new Int32(13),
  ok: 1,
}

/** The documents of a command's list, which is in the command itself or in a section of its own. */
const listOf = (document: Document, sections: Buffer, name: string): readonly Document[] => {
  if (Array.isArray(document[name])) return document[name]
  const documents: Document[] = []
  for (let at = 0; at + 5 <= sections.length && sections[at] === 1;) {
    const end = at + 1 + sections.readInt32LE(at + 1)
    let from = sections.indexOf(0, at + 5) + 1
    for (; from < end; from += sections.readInt32LE(from))
      documents.push(BSON.deserialize(sections.subarray(from, from + sections.readInt32LE(from))))
    at = end
  }
  return documents
}

/** Whether a filter names one value of the shard key. */
const isTargeted = (filter: Document | undefined): boolean => {
  const id: unknown = filter?._id
  return ['string', 'number'].includes(typeof id) || id instanceof Int32
}

/** What a router refuses of a command to a sharded collection. */
const faultsOf = (command: string, document: Document, sections: Buffer): readonly string[] => {
  const on = `${command} of ${document[command]}`
  if (command === 'update')
    return listOf(document, sections, 'updates').flatMap(({ q, multi, upsert }) =>
      isTargeted(q) || (multi === true && upsert !== true) ? [] : [`${on}: ${JSON.stringify(q)}`],
    )
  if (command === 'delete')
    return listOf(document, sections, 'deletes').flatMap(({ q, limit }) =>
      isTargeted(q) || Number(limit) === 0 ? [] : [`${on}: ${JSON.stringify(q)}`],
    )
  if (command === 'findAndModify') return isTargeted(document.query) ? [] : [on]
  if (command === 'createIndexes')
    return listOf(document, sections, 'indexes').flatMap((index) =>
      index.unique === true ? [`${on}: a unique index`] : [],
    )
  return []
}

/**
 * Plays a router of a sharded cluster before the server of the tests: answers the driver's handshakes and the commands of
 * sharding itself, refuses what a router would refuse of a collection that is sharded by its hashed `_id`, and passes on the
 * rest.
 * @param answerTo returns the answer to a command of sharding
 */
export const mongoRouter = async (
  answerTo: (command: Document) => Document = () => ({ ok: 1 }),
): Promise<MongoRouter> => {
  await using starting = new AsyncDisposableStack()
  const mongo = starting.use(await freshMongo())
  const upstream = new URL(mongo.url)
  const commands: Document[] = []
  const faults: string[] = []
  const written = new Set<unknown>()

  const answered = (document: Document, sections: Buffer): Document | undefined => {
    const [command = ''] = Object.keys(document)
    if (/^(hello|ismaster)$/i.test(command)) return hello
    if (sharding.has(command)) {
      const { [command]: on, key } = document
      commands.push({ [command]: on, ...(key && { key }) })
      return answerTo(document)
    }
    if (writes.has(command) && !written.has(document[command])) {
      written.add(document[command])
      commands.push({ [command]: document[command] })
    }
    const refused = faultsOf(command, document, sections)
    faults.push(...refused)
    return refused.length === 0
      ? undefined
      : { ok: 0, code: 72, codeName: 'InvalidOptions', errmsg: refused.join('; ') }
  }

  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const behind = connect(Number(upstream.port), upstream.hostname)
    sockets.add(socket)
    for (const one of [socket, behind]) one.on('error', () => socket.destroy())
    socket.on('close', () => behind.destroy())
    behind.on('data', (part: Buffer) => void socket.write(part))
    messagesOf(socket, (request) => {
      const id = request.readInt32LE(4)
      if (request.readInt32LE(12) === opQuery) {
        const head = Buffer.alloc(20)
        head.writeInt32LE(1, 16)
        socket.write(message(0, id, opReply, Buffer.concat([head, BSON.serialize(hello)])))
        return
      }
      const { document, sections } = parsed(request)
      const answer = answered(document, sections)
      if (answer) socket.write(message(0, id, opMessage, bodyOf(answer)))
      else behind.write(request)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  starting.defer(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const database = mongo.db.databaseName
  const everything = starting.move()
  return {
    url: `mongodb://127.0.0.1:${port}/${database}`,
    database,
    commands,
    faults,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}
