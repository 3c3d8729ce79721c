import type { Projection } from '#kernel'
import { NotCaughtUp } from '../runtime/reading.ts'
import type { Idle } from '../runtime/scheduler.ts'
import type { JobPorts } from './job-ports.ts'

/**
 * The result of a chore that found nothing due: idle until the next due time of a read model.
 * @param field of the documents, with an index: the time at which something is due, ISO 8601 in UTC
 * @param now up to which nothing is due
 */
export const idleUntilNext = <Field extends string>(
  projection: Projection<{ readonly [Each in Field]?: string }>,
  field: Field,
  now: string,
  { readModels }: Pick<JobPorts, 'readModels'>,
): Idle => ({
  dueIn: async () => {
    const query = { where: { [field]: { gt: now } }, sort: [field], limit: 1, counted: false }
    try {
      const next = (await readModels.find(projection, query)).documents[0]?.[field]
      return next === undefined ? Infinity : Date.parse(next) - Date.parse(now)
    } catch (error) {
      // What is due is not known while the read model is built for the first time.
      if (error instanceof NotCaughtUp) return 0
      throw error
    }
  },
})
