import { analytics } from './analytics/index.ts'
import { catalog } from './catalog/index.ts'
import { identity } from './identity/index.ts'
import { inventory } from './inventory/index.ts'
import { notifications } from './notifications/index.ts'
import { ordering } from './ordering/index.ts'
import { payments } from './payments/index.ts'
import { profiles } from './profiles/index.ts'

/**
 * Every bounded context. What they hold of a person is erased from the last to the first: what a context tells persons
 * of goes before what they were told, and where they signed in goes at the end.
 */
export const modules = [
  identity,
  notifications,
  profiles,
  catalog,
  inventory,
  ordering,
  payments,
  analytics,
] as const

/** Every decider there is: the commands that can be sent, and the events that can be recorded. */
export const deciders = modules.flatMap(({ deciders: own }) => [...own])

/** Every effect on the outside world, and what else has to be looked up before it can be done. */
export const jobs = modules.flatMap(({ jobs: own }) => own)

/** Tasks run at intervals, not triggered by an event. */
export const chores = modules.flatMap(({ chores: own }) => own)

/** Every channel of the sockets. */
export const channels = modules.flatMap(({ channels: own }) => [...own])
