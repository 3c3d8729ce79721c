import { replay } from './analytics/index.ts'
import { product } from './catalog/index.ts'
import { account, email, externalIdentity, session, username } from './identity/index.ts'
import { stock } from './inventory/index.ts'
import { notification } from './notifications/index.ts'
import { order } from './ordering/index.ts'
import { payment } from './payments/index.ts'
import { follow, profile } from './profiles/index.ts'

/** Every context, with the deciders that live in it. */
export const contexts = {
  identity: [account, email, username, externalIdentity, session],
  profiles: [profile, follow],
  catalog: [product],
  inventory: [stock],
  ordering: [order],
  payments: [payment],
  notifications: [notification],
  analytics: [replay],
} as const

/** Every decider there is: what commands can be sent, and what events may ever be recorded. */
export const deciders = Object.values(contexts).flat()
