import { expect, test } from 'vitest'
import { agoraHere } from '../../test/support/agora.ts'
import { openDatabase } from '../platform/engines/postgres/database.ts'

test.each([
  ['gateway', 1],
  ['api,projections,sagas,jobs', 0],
])('only processes with sockets listen on the process bus: %s', async (AGORA_ROLES, listeners) => {
  await using agora = await agoraHere({ AGORA_ROLES })
  const database = openDatabase(agora.postgresUrl, { connections: 1 })
  const found = await database.query(
    `SELECT pid FROM pg_stat_activity
     WHERE datname = current_database() AND query LIKE 'LISTEN %"agora_told"%'`,
  )
  await database.close()
  expect(found).toHaveLength(listeners)
})
