import { restingOn } from '../../../runtime/resting-on.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import { forEachDocument } from '../../../serving/erase.ts'
import { job } from '../../../serving/job.ts'
import { gigs } from '../../../projections/index.ts'
import { account } from '../../identity/language.ts'
import { gig } from '../language.ts'

/**
 * Suspends the gigs of a seller with the account, and resumes them with it. What is done follows from the account at that
 * moment, not from the event, so that a late run undoes nothing.
 */
export const suspendGigs = job({
  name: 'suspend-gigs',
  from: [account],
  on: {
    AccountSuspended: ({ id }) => ({ sellerId: id }),
    AccountResumed: ({ id }) => ({ sellerId: id }),
  },
  run: async ({ sellerId }, origin, { executor, readModels }) => {
    await forEachDocument(readModels, gigs, { where: { sellerId } }, async ({ id }) => {
      await restingOn(
        executor,
        async (look) =>
          (await look(account, sellerId)).status === 'suspended' ? 'SuspendGig' : 'ResumeGig',
        (type, bases) =>
          executor.execute(gig, id, { type, data: {} }, derivedOrigin(origin, id, type), { bases }),
      )
    })
  },
  givenUp: {
    reportsNothing: 'The gigs stay as they are; an operator who retries the job changes the rest.',
  },
  // Some two hours: the read model may be in a store that is away.
  options: { attempts: 16, backoff: 250 },
})
