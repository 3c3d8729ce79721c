import { derivedUuid } from '#kernel'
import { session } from '../domains/identity/language.ts'
import type { Executor } from '../platform/runtime/execution.ts'
import type { ReadModels } from '../platform/runtime/reading.ts'
import { sessions } from '../projections/index.ts'

/** So many sessions are looked up at once. */
const atOnce = 100

/**
 * Has all sessions whose time is over leave the read model. It is recorded of each, so that a read model that is built
 * anew does not have them either. May be done at any time, and by several processes.
 * @param clock that sessions are dated by
 */
export const expireSessions =
  (
    readModels: Pick<ReadModels, 'find'>,
    { execute }: Pick<Executor, 'execute'>,
    clock: () => Date,
  ) =>
  async (): Promise<void> => {
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
  }
