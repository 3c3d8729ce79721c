import { joinedChannels } from '../serving/joined-channels.ts'
import { analytics } from './analytics/index.ts'
import { catalog } from './catalog/index.ts'
import { gigs } from './gigs/index.ts'
import { chat } from './chat/index.ts'
import { identity } from './identity/index.ts'
import { inventory } from './inventory/index.ts'
import { jobs as jobsContext } from './jobs/index.ts'
import { media } from './media/index.ts'
import { notifications } from './notifications/index.ts'
import { observability } from './observability/index.ts'
import { ordering } from './ordering/index.ts'
import { payments } from './payments/index.ts'
import { posts } from './posts/index.ts'
import { profiles } from './profiles/index.ts'
import { reviews } from './reviews/index.ts'
import { search } from './search/index.ts'
import { shipping } from './shipping/index.ts'
import { webhooks } from './webhooks/index.ts'

/**
 * All bounded contexts. Their data of a person are erased from the last to the first: contexts that cause notifications
 * come before the notifications, and the sign-in comes at the end.
 */
export const modules = [
  identity,
  notifications,
  profiles,
  catalog,
  inventory,
  gigs,
  ordering,
  payments,
  shipping,
  search,
  analytics,
  chat,
  reviews,
  posts,
  media,
  jobsContext,
  observability,
  webhooks,
] as const

/** All deciders. */
export const deciders = modules.flatMap(({ deciders: own }) => [...own])

/** All jobs: effects on the outside world, and work that first needs queries. */
export const jobs = modules.flatMap(({ jobs: own }) => own)

/** All chores: work that the clock starts, not an event. */
export const chores = modules.flatMap(({ chores: own }) => own)

/** All channels of the sockets. */
export const channels = joinedChannels(modules.flatMap(({ channels: own }) => [...own]))
