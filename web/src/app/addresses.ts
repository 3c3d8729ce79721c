/**
 * The addresses of all pages, by name; `$id` is a parameter. The server answers each with the front end, and any other
 * address with 404. Routes take their paths from here.
 */
export const addresses = {
  // Shop
  shop: '/',
  product: '/products/$id',
  basket: '/basket',
  checkout: '/checkout',
  orders: '/orders',
  order: '/orders/$id',
  search: '/search',
  // Marketplace
  gigs: '/gigs',
  gig: '/gigs/$id',
  // Selling
  selling: '/selling',
  sellingGigs: '/selling/gigs',
  newGig: '/selling/gigs/new',
  editGig: '/selling/gigs/$id',
  earnings: '/selling/earnings',
  // Network
  feed: '/feed',
  post: '/posts/$id',
  people: '/people',
  person: '/people/$id',
  followers: '/people/$id/followers',
  following: '/people/$id/following',
  requests: '/follow-requests',
  // Chat and notifications
  chat: '/chat',
  conversation: '/chat/$id',
  notifications: '/notifications',
  // Account
  signIn: '/sign-in',
  signUp: '/sign-up',
  forgot: '/forgot',
  reset: '/reset',
  verify: '/verify',
  unsubscribe: '/unsubscribe',
  account: '/account',
  security: '/account/security',
  privacy: '/account/privacy',
  preferences: '/account/preferences',
  yourData: '/account/data',
  // Desk
  desk: '/desk',
  deskOrders: '/desk/orders',
  deskOrder: '/desk/orders/$id',
  deskProjections: '/desk/projections',
  deskDeadLetters: '/desk/dead-letters',
  deskJobs: '/desk/jobs',
  deskPromotions: '/desk/promotions',
  deskPeople: '/desk/people',
  deskPersonDetails: '/desk/people/$id',
  deskProducts: '/desk/products',
  deskProduct: '/desk/products/$id',
  deskPayments: '/desk/payments',
  deskModeration: '/desk/moderation',
  deskBridges: '/desk/bridges',
  deskGroups: '/desk/consumer-groups',
  deskWebhooks: '/desk/webhooks',
  deskLogs: '/desk/logs',
  deskTrace: '/desk/traces/$id',
  deskAudits: '/desk/audits',
  deskEvents: '/desk/events',
  deskStream: '/desk/streams/$id',
  deskWhy: '/desk/why',
  deskLive: '/desk/live',
  deskReplays: '/desk/replays',
  deskDashboard: '/desk/dashboard',
  deskReports: '/desk/reports',
  // Sockets' reference, beside `/docs`
  sockets: '/docs/sockets',
} as const

/** What browsers load together with a page, by the page's name: the first answers that it shows. */
export const preloads: Readonly<Record<string, readonly string[]>> = {
  shop: ['/api/v1/products?limit=24', '/api/v1/products/categories'],
}
