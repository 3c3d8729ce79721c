import { gigs } from '../../projections/index.ts'
import { derivedOrigin } from '../../serving/derived-origin.ts'
import { forEachDocument, type Erase } from '../../serving/erase.ts'
import { gig } from './language.ts'

/** Deletes the gigs of a person. */
export const erase: Erase = async ({ userId, origin }, { executor: { execute }, readModels }) => {
  const where = { sellerId: userId }
  const count = await forEachDocument(readModels, gigs, { where }, async ({ id }) => {
    await execute(gig, id, { type: 'DeleteGig', data: {} }, derivedOrigin(origin, id))
  })
  return { awaited: 0, counts: { gigs: count } }
}
