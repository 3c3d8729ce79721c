import type { AnySaga } from '#kernel'
import { blocking } from './blocking.ts'
import { delivery } from './delivery.ts'
import { emailChange } from './email-change.ts'
import { farewell } from './farewell.ts'
import { fulfilment } from './fulfilment.ts'
import { gigFulfilment } from './gig-fulfilment.ts'
import { linking } from './linking.ts'
import { posting } from './posting.ts'
import { refunding } from './refunding.ts'
import { reindexing } from './reindexing.ts'
import { registration } from './registration.ts'
import { renaming } from './renaming.ts'
import { reviewed } from './reviewed.ts'
import { selling } from './selling.ts'
import { stocking } from './stocking.ts'
import { unsealing } from './unsealing.ts'
import { welcome } from './welcome.ts'

/**
 * Returns all sagas.
 * @param config.orderTimeout how long an order may remain unpaid, in ms
 */
export const sagas = (config: { readonly orderTimeout: number }): AnySaga[] => [
  registration,
  welcome,
  emailChange,
  linking,
  renaming,
  selling,
  blocking,
  farewell,
  stocking,
  fulfilment(config),
  gigFulfilment(config),
  refunding,
  delivery,
  reindexing,
  unsealing,
  reviewed,
  posting,
]
