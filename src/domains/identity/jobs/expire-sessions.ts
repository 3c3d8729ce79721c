import { derivedUuid } from '#kernel'
import { sessions } from '../../../projections/index.ts'
import { chore } from '../../../serving/chore.ts'
import { session } from '../language.ts'

/** Number of sessions per query. */
const atOnce = 100

/**
 * Expires sessions and thereby removes them from the read model. An event is recorded for each, so that a rebuilt read
 * model does not have them either. Runs of several processes may overlap.
 */
export const expireSessions = chore({
  name: 'expire-sessions',
  every: 10 * 60_000,
  run: async ({ readModels, executor: { execute }, clock }) => {
    const expiresAt = { lte: clock().toISOString() }
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
      if (documents.length < atOnce) return
      after = documents.at(-1)!.id
    }
  },
})
