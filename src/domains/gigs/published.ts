import { Fields, publishing } from '#kernel'
import { GigId, UserId } from '../shared/index.ts'
import { gig } from './gig.ts'

const ofGig = publishing(gig)

const ofSeller = Fields({ gigId: GigId, sellerId: UserId })
const alone = Fields({ gigId: GigId })

/** Events of this context for other systems. Texts of sellers are read at the API, by the id. */
export const published = [
  ofGig('GigCreated', { data: ofSeller, of: ({ sellerId }, gigId) => ({ gigId, sellerId }) }),
  ofGig('GigUpdated', { data: ofSeller, of: ({ sellerId }, gigId) => ({ gigId, sellerId }) }),
  ofGig('GigPublished', { data: alone, of: (_, gigId) => ({ gigId }) }),
  ofGig('GigPaused', { data: alone, of: (_, gigId) => ({ gigId }) }),
  ofGig('GigDeleted', { data: alone, of: (_, gigId) => ({ gigId }) }),
]
