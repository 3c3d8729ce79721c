import { derivedUuid, Fields } from '#kernel'
import { sessions } from '../../../projections/index.ts'
import { chore } from '../../../serving/chore.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { workflow } from '../../../serving/workflow.ts'
import { session } from '../language.ts'

/** Number of sessions per query. */
const atOnce = 100

/**
 * Expires sessions and thereby removes them from the read model. An event is recorded for each, so that a rebuilt read
 * model does not have them either. Runs of several processes may overlap.
 * @returns their number
 */
const expire = async ({
  readModels,
  executor: { execute },
  clock,
}: Pick<JobPorts, 'readModels' | 'executor' | 'clock'>): Promise<number> => {
  const expiresAt = { lte: clock().toISOString() }
  let count = 0
  for (let after = ''; ;) {
    const where = { expiresAt, id: { gt: after } }
    const { documents } = await readModels.find(sessions, { where, sort: ['id'], limit: atOnce })
    await Promise.all(
      documents.map(async ({ id }) => {
        const commandId = derivedUuid(id, 'expire')
        const origin = { commandId, actorId: 'expire-sessions', correlationId: commandId }
        await execute(session, id, { type: 'ExpireSession', data: {} }, origin)
      }),
    )
    count += documents.length
    if (documents.length < atOnce) return count
    after = documents.at(-1)!.id
  }
}

/** Expires sessions every ten minutes. */
export const expireSessions = chore({
  name: 'expire-sessions',
  every: 10 * 60_000,
  run: async (ports) => void (await expire(ports)),
})

/** Expires sessions when an admin wants it. */
export const sessionCleanup = workflow({
  name: 'session-cleanup',
  about: 'Removes the sessions that have expired.',
  payload: Fields({}),
  example: {},
  run: async (_, ports) => ({ sessions: await expire(ports) }),
})
