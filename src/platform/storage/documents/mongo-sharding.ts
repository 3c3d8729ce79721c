import { MongoServerError, type Document } from 'mongodb'

/** A database, and the commands of its server's administration. */
export type Administered = {
  readonly name: string
  /** @throws MongoServerError */
  readonly command: (command: Document) => Promise<Document>
}

/** The shard key of every collection: documents are found, written and unique by their key. */
const key = { _id: 'hashed' } as const

/** Codes of errors (https://www.mongodb.com/docs/manual/reference/error-codes/). */
const codes = { illegalOperation: 20, commandNotFound: 59 } as const

/** Errors that pass: elections, members that are away, a lock that another process has while it shards the same collection. */
const passing: ReadonlySet<unknown> = new Set(
  Object.values({
    HostUnreachable: 6,
    HostNotFound: 7,
    LockTimeout: 24,
    LockBusy: 46,
    MaxTimeMSExpired: 50,
    NetworkTimeout: 89,
    ShutdownInProgress: 91,
    WriteConflict: 112,
    ConflictingOperationInProgress: 117,
    FailedToSatisfyReadPreference: 133,
    PrimarySteppedDown: 189,
    NetworkInterfaceExceededTimeLimit: 202,
    ExceededTimeLimit: 262,
    SocketException: 9_001,
    NotWritablePrimary: 10_107,
    InterruptedAtShutdown: 11_600,
    InterruptedDueToReplStateChange: 11_602,
    NotPrimaryNoSecondaryOk: 13_435,
    NotPrimaryOrSecondary: 13_436,
  }),
)

const codeOf = (error: unknown): unknown =>
  error instanceof MongoServerError ? error.code : undefined

/** Whether a database is reached by a router (`mongos`) of a sharded cluster. */
const isRouted = async ({ command }: Administered): Promise<boolean> => {
  try {
    return (await command({ hello: 1 })).msg === 'isdbgrid'
  } catch (error) {
    // Servers from before MongoDB 4.4.2, and others that speak its protocol.
    if (codeOf(error) === codes.commandNotFound) return false
    throw error
  }
}

const shard = async ({ name, command }: Administered, collection: string): Promise<void> => {
  const sharding = { shardCollection: `${name}.${collection}`, key }
  try {
    await command(sharding)
  } catch (error) {
    if (codeOf(error) !== codes.illegalOperation) throw error
    // Before MongoDB 6.0, a database has to be enabled first.
    await command({ enableSharding: name })
    await command(sharding)
  }
}

/**
 * Shards a collection that has no documents yet by its hashed `_id`, where the database is one of a sharded cluster; does
 * nothing when it is sharded so already, also by another process at the same moment.
 * @returns the error of a collection that stays on one shard: the user lacks the privilege, or the cluster refuses
 * @throws MongoError when it may succeed later
 */
export const shardWhereRouted = async (
  db: Administered,
  collection: string,
): Promise<MongoServerError | undefined> => {
  if (!(await isRouted(db))) return undefined
  try {
    await shard(db, collection)
    return undefined
  } catch (error) {
    if (!(error instanceof MongoServerError) || passing.has(error.code)) throw error
    return error
  }
}
