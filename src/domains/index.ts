import { analytics } from './analytics/index.ts'
import { catalog } from './catalog/index.ts'
import { identity } from './identity/index.ts'
import { inventory } from './inventory/index.ts'
import { notifications } from './notifications/index.ts'
import { ordering } from './ordering/index.ts'
import { payments } from './payments/index.ts'
import { profiles } from './profiles/index.ts'

/** Every bounded context. */
export const modules = [
  identity,
  profiles,
  catalog,
  inventory,
  ordering,
  payments,
  notifications,
  analytics,
] as const

/** Every decider there is: the commands that can be sent, and the events that can be recorded. */
export const deciders = modules.flatMap(({ deciders: own }) => [...own])

/** Every channel of the sockets. */
export const channels = modules.flatMap(({ channels: own }) => [...own])
