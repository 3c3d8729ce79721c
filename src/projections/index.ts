import type { AnyProjection } from '#kernel'
import { media } from './media.ts'
import { mediaUses } from './media-uses.ts'
import { accounts } from './accounts.ts'
import { activeDays } from './active-days.ts'
import { activities } from './activities.ts'
import { alerts } from './alerts.ts'
import { blocks } from './blocks.ts'
import { comments } from './comments.ts'
import { conversations } from './conversations.ts'
import { devices } from './devices.ts'
import { directUploads } from './direct-uploads.ts'
import { earnings } from './earnings.ts'
import { feed, feedOf } from './feed.ts'
import { firstAnswers } from './first-answers.ts'
import { followRequests } from './follow-requests.ts'
import { follows } from './follows.ts'
import { gigs } from './gigs.ts'
import { inventory } from './inventory.ts'
import { jobRuns } from './job-runs.ts'
import { jobs } from './jobs.ts'
import { likes } from './likes.ts'
import { messages } from './messages.ts'
import { metricDays } from './metric-days.ts'
import { notifications } from './notifications.ts'
import { orderFacts } from './order-facts.ts'
import { orderItems } from './order-items.ts'
import { orders } from './orders.ts'
import { payments } from './payments.ts'
import { posts } from './posts.ts'
import { products } from './products.ts'
import { profiles } from './profiles.ts'
import { promotions } from './promotions.ts'
import { ratings } from './ratings.ts'
import { replays } from './replays.ts'
import { reports } from './reports.ts'
import { reviews } from './reviews.ts'
import { searchGigs } from './search-gigs.ts'
import { searchMedia } from './search-media.ts'
import { searchOrders } from './search-orders.ts'
import { searchPosts } from './search-posts.ts'
import { searchProducts } from './search-products.ts'
import { searchUsers } from './search-users.ts'
import { serviceAccounts } from './service-accounts.ts'
import { sessions } from './sessions.ts'
import { shipments } from './shipments.ts'
import { thresholds } from './thresholds.ts'
import { webhookDeliveries } from './webhook-deliveries.ts'
import { webhooks } from './webhooks.ts'

export {
  webhooks,
  webhookDeliveries,
  thresholds,
  reports,
  orderFacts,
  metricDays,
  firstAnswers,
  activeDays,
  activities,
  media,
  mediaUses,
  accounts,
  alerts,
  blocks,
  comments,
  conversations,
  devices,
  directUploads,
  earnings,
  feed,
  followRequests,
  follows,
  gigs,
  inventory,
  jobRuns,
  jobs,
  likes,
  messages,
  notifications,
  orders,
  payments,
  posts,
  products,
  profiles,
  promotions,
  ratings,
  replays,
  reviews,
  searchGigs,
  searchMedia,
  searchOrders,
  searchPosts,
  searchProducts,
  searchUsers,
  serviceAccounts,
  sessions,
  shipments,
}
export { AccountStatus } from './accounts.ts'
export { homeOf, postsOf } from './feed.ts'
export { entryIdOf } from './conversations.ts'
export { placeAt, positionAt } from './places.ts'
export { JobRun } from './job-runs.ts'
export { JobStatus, ShownJob } from './jobs.ts'
export { DeliveryStatus } from './webhook-deliveries.ts'
export { ServiceAccountStatus } from './service-accounts.ts'
export { PaymentStatus } from './payment-status.ts'

/** All read models. */
export const projections = [
  accounts,
  profiles,
  follows,
  blocks,
  products,
  inventory,
  gigs,
  orders,
  orderItems,
  payments,
  notifications,
  replays,
  sessions,
  serviceAccounts,
  searchUsers,
  searchProducts,
  searchOrders,
  searchGigs,
  conversations,
  messages,
  reviews,
  ratings,
  earnings,
  shipments,
  posts,
  comments,
  likes,
  searchPosts,
  followRequests,
  media,
  feed,
  mediaUses,
  directUploads,
  searchMedia,
  devices,
  promotions,
  jobs,
  jobRuns,
  activities,
  activeDays,
  firstAnswers,
  metricDays,
  orderFacts,
  reports,
  thresholds,
  alerts,
  webhooks,
  webhookDeliveries,
] as const

/**
 * Returns all read models, by these settings.
 * @param settings.feedFanOut number of followers up to which posts of an author are written into their timelines
 */
export const projectionsBy = ({ feedFanOut }: { readonly feedFanOut: number }) =>
  projections.map((one): AnyProjection =>
    one === feed ? feedOf({ mostFollowers: feedFanOut }) : one,
  )
