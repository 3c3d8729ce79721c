import type { Projection } from '#kernel'
import { NotCaughtUp } from '../runtime/reading.ts'
import type { Idle } from '../runtime/scheduler.ts'
import type { JobPorts } from './job-ports.ts'

/**
 * The result of a chore that found nothing due: idle until the first due time of a read model.
 * @param field of the documents, with an index: the time at which something is due, ISO 8601 in UTC
 * @param now the time that the chore compared with
 */
export const idleUntilNext = <Field extends string>(
  projection: Projection<{ readonly [Each in Field]?: string }>,
  field: Field,
  now: string,
  { readModels }: Pick<JobPorts, 'readModels'>,
): Idle => ({
  dueIn: async () => {
    // Also what is due by now: it may have been written since the chore looked.
    const query = { where: { [field]: { gt: '' } }, sort: [field], limit: 1, counted: false }
    try {
      const next = (await readModels.find(projection, query)).documents[0]?.[field]
      return next === undefined ? Infinity : Math.max(0, Date.parse(next) - Date.parse(now))
    } catch (error) {
      // Nothing is known before the read model has its first generation.
      if (error instanceof NotCaughtUp) return 0
      throw error
    }
  },
})
