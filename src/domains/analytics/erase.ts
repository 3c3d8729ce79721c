import { activities } from '../../projections/index.ts'
import { derivedOrigin } from '../../serving/derived-origin.ts'
import { forEachDocument, type Erase } from '../../serving/erase.ts'
import { asId } from '#kernel'
import { activity, ActivityId } from './language.ts'

/** Erases what clients have reported about a person; the counts stay. */
export const erase: Erase = async ({ userId, origin }, { executor: { execute }, readModels }) => {
  const batches = new Set<string>()
  const count = await forEachDocument(
    readModels,
    activities,
    { where: { userId } },
    async ({ id }) => {
      const batch = id.slice(0, id.lastIndexOf('-'))
      if (batches.has(batch)) return
      batches.add(batch)
      const command = { type: 'ForgetActivity' as const, data: {} }
      await execute(activity, asId(ActivityId, batch), command, derivedOrigin(origin, batch))
    },
  )
  return { awaited: 0, counts: { activities: count } }
}
