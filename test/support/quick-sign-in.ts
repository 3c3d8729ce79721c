import { openDatabase } from '../../src/platform/engines/postgres/database.ts'

/**
 * Makes signing in to a PostgreSQL of tests cheap: SCRAM hashes the password 4,096 times for each connection, on both sides,
 * against attackers that tests have not, and an Agora opens up to two dozen of them.
 */
export const signInQuickly = async (postgresUrl: string): Promise<void> => {
  const { username, password } = new URL(postgresUrl)
  const database = openDatabase(postgresUrl, { connections: 1 })
  await database.query(
    `SET scram_iterations = 1; ALTER USER ${username} PASSWORD '${decodeURIComponent(password)}'`,
  )
  await database.close()
}
