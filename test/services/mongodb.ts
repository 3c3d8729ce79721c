import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { accepts } from './accepts.ts'
import { cached, fetchJars, run } from './maven.ts'
import type { Program } from './service.ts'

const version = '1.47.0'

/** Counts changes of MongoServer.java, which is compiled once a machine. */
const revision = 3

const jars = () =>
  cached(`mongodb-${version}-${revision}`, async (folder) => {
    await fetchJars(folder, [
      `de.bwaldvogel:mongo-java-server-h2-backend:${version}`,
      'org.slf4j:slf4j-simple:2.0.17',
    ])
    await copyFile(join(import.meta.dirname, 'MongoServer.java'), join(folder, 'MongoServer.java'))
    await run('javac', ['-cp', '*', 'MongoServer.java'], folder)
  })

/**
 * A server that speaks the wire protocol of MongoDB (mongo-java-server), with its data in a file, so that they outlive a
 * restart. It lacks transactions, change streams and secondary indexes: docs/dependencies.md has the list.
 */
export const mongodb: Program = {
  name: 'mongodb',
  fetch: async () => void (await jars()),
  command: async (port, folder) => {
    const home = await jars()
    return [
      'java',
      '-Xmx256m',
      '-XX:TieredStopAtLevel=1',
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
      '-cp',
      `${home}:${home}/*`,
      'MongoServer',
      String(port),
      join(folder, 'data'),
    ]
  },
  isReady: accepts,
  urlOf: (port) => `mongodb://127.0.0.1:${port}/agora`,
}
