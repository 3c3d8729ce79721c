import { product } from './catalog/index.ts'
import { account, email, session, username } from './identity/index.ts'
import { stock } from './inventory/index.ts'
import { notification } from './notifications/index.ts'
import { order } from './ordering/index.ts'
import { payment } from './payments/index.ts'

/** Every decider there is: what commands can be sent, and what events may ever be recorded. */
export const deciders = [
  account,
  email,
  username,
  session,
  product,
  stock,
  order,
  payment,
  notification,
] as const
