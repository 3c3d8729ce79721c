import { readFile } from 'node:fs/promises'
import { limited } from './checks.ts'
import { processName } from './logs.ts'
import { endOf, selfReport, type Measuring, type SelfReport } from './self-report.ts'
import type { Stores } from './stores.ts'
import type { Config } from '../config.ts'

/** How long a store may take to answer, in ms. */
const limit = 2_000

/** Converts a state to a check. */
const failsUnless = (isUp: () => boolean) => async (): Promise<void> => {
  if (!isUp()) throw new Error('It does not answer')
}

/** Ends of the certificates that a process uses. */
const certificatesOf = async ({
  roles,
  eventStoreEndpoint,
}: Pick<Config, 'roles' | 'eventStoreEndpoint'>): Promise<Readonly<Record<string, number>>> => {
  const { tls } = eventStoreEndpoint ?? {}
  return tls && roles.has('gateway') ? { AGORA_ESDB_TLS_CERT: endOf(await readFile(tls.cert)) } : {}
}

/** Creates the measures of this process, by its stores and settings. */
export const measuring = async (
  config: Pick<Config, 'roles' | 'eventStoreEndpoint' | 'data'>,
  {
    stores: { database, clock, probes, followed, redisIsUp, promises },
    clients,
    ...rest
  }: Pick<Measuring, 'counts' | 'breakers' | 'clients' | 'droppedLines' | 'groups'> & {
    readonly stores: Pick<
      Stores,
      'database' | 'clock' | 'probes' | 'followed' | 'redisIsUp' | 'promises'
    >
  },
): Promise<SelfReport> => {
  const { health } = followed
  const pings = { postgres: () => database.query('SELECT 1'), ...probes }
  const checks: Measuring['stores'] = {
    ...Object.fromEntries(
      Object.entries(pings).map(([name, ping]) => [name, limited<unknown>(ping, limit)]),
    ),
    ...(redisIsUp && { redis: failsUnless(redisIsUp) }),
    ...(health && { eventstoredb: failsUnless(() => health().connected) }),
  }
  return selfReport({
    ...rest,
    promises,
    process: processName(),
    stores: checks,
    // A store that is checked has an alert of its own.
    clients: clients.filter(({ name }) => !Object.hasOwn(checks, name)),
    folder: config.data,
    clock,
    certificates: await certificatesOf(config),
  })
}
