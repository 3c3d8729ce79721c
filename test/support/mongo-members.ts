import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { Binary, BSON, Int32, Long, MongoClient, Timestamp, type Document } from 'mongodb'
import { bodyOf, message, messagesOf, opMessage, opQuery, opReply, parsed } from './mongo-wire.ts'
import { freshMongo } from './mongo.ts'

/** A read that a member has answered. */
type Read = {
  readonly member: 'primary' | 'secondary'
  readonly command: string
  /** The time up to which the answer must have all writes (causal consistency). */
  readonly after: bigint | undefined
}

/** A replica set of two members, whose secondary replicates when a test has it do so. */
export type MongoMembers = AsyncDisposable & {
  readonly url: string
  readonly reads: () => readonly Read[]
  /** Has the secondary catch up with the primary. */
  readonly replicate: () => Promise<void>
}

/** Delay of the primary's answers to heartbeats, in ms: the secondary is nearer by more than the driver's threshold of 15 ms. */
const distance = 60

const writes = new Set(['insert', 'update', 'delete', 'create', 'drop', 'createIndexes'])

const timestampOf = (time: bigint): Timestamp => new Timestamp({ t: 1, i: Number(time) })

/**
 * Plays a replica set before the server of the tests, which has neither members nor sessions: both members answer the
 * driver's handshake themselves, and pass on everything else, the secondary to a database of its own. What sessions need is
 * added to answers, and taken from what is passed on; a read after a time waits until its member has it, as in MongoDB.
 */
export const mongoMembers = async (): Promise<MongoMembers> => {
  await using starting = new AsyncDisposableStack()
  const mongo = starting.use(await freshMongo())
  const direct = starting.adopt(new MongoClient(mongo.url), (it) => it.close())
  const upstream = new URL(mongo.url)
  const suffix = '_secondary'
  const copy = direct.db(`${mongo.db.databaseName}${suffix}`)
  starting.defer(async () => void (await copy.dropDatabase()))
  const times = { primary: 1n, secondary: 1n }
  const reads: Read[] = []
  let replicated = Promise.withResolvers<void>()
  const ports = { primary: 0, secondary: 0 }
  const nameOf = (member: 'primary' | 'secondary') => `127.0.0.1:${ports[member]}`

  const hello = (member: 'primary' | 'secondary'): Document => ({
    ismaster: member === 'primary',
    isWritablePrimary: member === 'primary',
    secondary: member === 'secondary',
    setName: 'tests',
    setVersion: new Int32(1),
    hosts: [nameOf('primary'), nameOf('secondary')],
    primary: nameOf('primary'),
    me: nameOf(member),
    maxBsonObjectSize: new Int32(16_777_216),
    maxMessageSizeBytes: new Int32(48_000_000),
    maxWriteBatchSize: new Int32(100_000),
    logicalSessionTimeoutMinutes: new Int32(30),
    minWireVersion: new Int32(0),
    maxWireVersion: new Int32(13),
    lastWrite: { lastWriteDate: new Date() },
    localTime: new Date(),
    ok: 1,
  })

  const withTimes = (member: 'primary' | 'secondary', document: Document): Document => ({
    ...document,
    operationTime: timestampOf(times[member]),
    $clusterTime: {
      clusterTime: timestampOf(times.primary),
      signature: { hash: new Binary(Buffer.alloc(20)), keyId: Long.ZERO },
    },
  })

  const serve = (member: 'primary' | 'secondary') => (socket: Socket) => {
    const server = connect(Number(upstream.port), upstream.hostname)
    for (const one of [socket, server]) one.on('error', () => socket.destroy())
    socket.on('close', () => server.destroy())
    messagesOf(server, (answer) => {
      const { document } = parsed(answer)
      if (document.cursor?.ns) document.cursor.ns = document.cursor.ns.replace(`${suffix}.`, '.')
      const responseTo = answer.readInt32LE(8)
      socket.write(message(0, responseTo, opMessage, bodyOf(withTimes(member, document))))
    })
    messagesOf(socket, (request) => {
      const id = request.readInt32LE(4)
      if (request.readInt32LE(12) === opQuery) {
        const head = Buffer.alloc(20)
        head.writeInt32LE(1, 16)
        const body = Buffer.concat([head, BSON.serialize(hello(member))])
        const answer = () => socket.write(message(0, id, opReply, body))
        if (member === 'primary') setTimeout(answer, distance)
        else answer()
        return
      }
      const { document, sections } = parsed(request)
      const [command = ''] = Object.keys(document)
      if (/^(hello|ismaster)$/i.test(command)) {
        const answer = () => socket.write(message(0, id, opMessage, bodyOf(hello(member))))
        if (member === 'primary') setTimeout(answer, distance)
        else answer()
        return
      }
      if (command === 'endSessions') {
        socket.write(message(0, id, opMessage, bodyOf(withTimes(member, { ok: 1 }))))
        return
      }
      const { lsid: _lsid, $clusterTime: _time, $readPreference: _from, ...rest } = document
      const { readConcern, ...plain } = rest
      const { afterClusterTime } = readConcern ?? {}
      const after = afterClusterTime && BigInt((afterClusterTime as Timestamp).getLowBitsUnsigned())
      if (writes.has(command)) times[member] += 1n
      else reads.push({ member, command, after })
      if (member === 'secondary') plain.$db = `${plain.$db}${suffix}`
      const pass = async () => {
        while (after !== undefined && times[member] < after) await replicated.promise
        server.write(message(id, 0, opMessage, bodyOf(plain, sections)))
      }
      void pass()
    })
  }

  const sockets = new Set<Socket>()
  for (const member of ['primary', 'secondary'] as const) {
    const answer = serve(member)
    const server: Server = createServer((socket) => {
      sockets.add(socket)
      answer(socket)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    ports[member] = (server.address() as AddressInfo).port
    starting.defer(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
  }

  const everything = starting.move()
  return {
    url: `mongodb://${nameOf('primary')},${nameOf('secondary')}/${mongo.db.databaseName}?replicaSet=tests`,
    reads: () => reads,
    replicate: async () => {
      const to = times.primary
      const collections = await mongo.db.listCollections().toArray()
      const names = new Set(collections.map(({ name }) => name))
      for (const { name } of await copy.listCollections().toArray())
        if (!names.has(name)) await copy.dropCollection(name)
      for (const name of names) {
        const documents = await mongo.db
          .collection(name)
          .find({}, { promoteValues: false })
          .toArray()
        await copy.collection(name).deleteMany({})
        if (documents.length > 0) await copy.collection(name).insertMany(documents)
      }
      times.secondary = to
      replicated.resolve()
      replicated = Promise.withResolvers()
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}
