/** Read models whose documents have the id of a stream as their key, by the category of the stream. */
const models: Readonly<Record<string, string>> = {
  account: 'accounts',
  conversation: 'conversations',
  gig: 'gigs',
  gigOrder: 'orders',
  message: 'messages',
  order: 'orders',
  payment: 'payments',
  post: 'posts',
  product: 'products',
  profile: 'profiles',
  report: 'reports',
  replay: 'replays',
  review: 'reviews',
  shipment: 'shipments',
  stock: 'inventory',
}

/** Returns the read model that shows best what a stream is about; undefined where there is none. */
export const modelOfStream = (stream: string): string | undefined =>
  models[stream.slice(0, stream.indexOf('-'))]
