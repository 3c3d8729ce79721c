import { startAgora, temporaryData } from '../support/agora.ts'
import { forgetting } from '../support/forgetting.ts'
import { startedDatabase } from '../support/started-template.ts'

forgetting('of whom several processes know', async () => {
  await using starting = new AsyncDisposableStack()
  const database = starting.use(await startedDatabase())
  const data = starting.use(await temporaryData()).path
  const start = async (roles: string) => {
    const env = { POSTGRES_URL: database.url, AGORA_ROLES: roles, AGORA_SECRET: 'x'.repeat(32) }
    return starting.use(await startAgora(data, env))
  }
  // `api` processes are ready once the read models exist.
  await start('projections,sagas,jobs')
  const one = await start('gateway,api')
  const other = await start('gateway,api')
  const everything = starting.move()
  return {
    shops: [one.shop, other.shop],
    data,
    postgresUrl: database.url,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
})
