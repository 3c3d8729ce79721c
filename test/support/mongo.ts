import { randomUUID } from 'node:crypto'
import { BSON, MongoClient, type Db } from 'mongodb'

/** The server that TEST_MONGO_URL names: a MongoDB, or one that speaks its wire protocol. Empty where there is none. */
export const mongoUrl = process.env.TEST_MONGO_URL ?? ''

/** Whether there is one; without it, tests that need it are reported as skipped. */
export const hasMongo = mongoUrl !== ''

/** Added to the name of what is skipped without it. */
export const needsMongo = hasMongo ? '' : ' (skipped: TEST_MONGO_URL names no server)'

/** A database of a test's own, dropped when disposed of. */
export type TestMongo = AsyncDisposable & { readonly url: string; readonly db: Db }

/** Creates a database on the server of the tests. */
export const freshMongo = async (): Promise<TestMongo> => {
  const url = new URL(mongoUrl)
  url.pathname = `agora_${randomUUID()}`
  const client = new MongoClient(url.href, { serverSelectionTimeoutMS: 5_000 })
  const db = client.db()
  return {
    url: url.href,
    db,
    [Symbol.asyncDispose]: async () => {
      await db.dropDatabase()
      await client.close()
    },
  }
}

/** Every document of every collection, with what is left of deleted ones, by the name of the collection. */
export const contentOfMongo = async (url: string): Promise<ReadonlyMap<string, string>> => {
  const client = new MongoClient(url)
  try {
    const content = new Map<string, string>()
    for (const { name } of await client.db().listCollections().toArray()) {
      const documents = await client.db().collection(name).find().toArray()
      content.set(`mongo ${name}`, documents.map((one) => BSON.EJSON.stringify(one)).join('\n'))
    }
    return content
  } finally {
    await client.close()
  }
}
