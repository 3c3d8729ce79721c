import { randomUUID } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { hasMongo, mongoUrl, needsMongo } from '../../../../test/support/mongo.ts'
import { openMongo, type MongoConnection } from '../../engines/mongo/connection.ts'
import { documentConformance } from './conformance.ts'
import { memoryDocuments } from './memory.ts'
import { mongoEngine } from './mongo.ts'
import { routedDocuments } from './routed.ts'

documentConformance(
  `MongoDB${needsMongo}`,
  async () => {
    const url = new URL(mongoUrl)
    url.pathname = `agora_${randomUUID()}`
    const home = memoryDocuments()
    const connections = new Set<MongoConnection>()
    return {
      declared: 'mongo',
      isTransactional: false,
      // The server that speaks MongoDB's protocol compares each guard with every document.
      largestBatch: 1_000,
      open: async () => {
        const connection = openMongo(url.href)
        connections.add(connection)
        return routedDocuments(home, {
          mongo: { engine: mongoEngine(connection), isCurrent: true },
        })
      },
      close: async () => {
        const client = new MongoClient(url.href)
        await client.db().dropDatabase()
        await client.close()
        await Promise.all([...connections].map((connection) => connection.close()))
      },
    }
  },
  { isSkipped: !hasMongo },
)
