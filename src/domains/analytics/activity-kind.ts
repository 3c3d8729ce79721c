/** Names of activities that are recorded in clear, by their kind: metrics count by kinds, the funnel by two of them. */
const namesByKind = {
  view: [
    'view',
    'product_view',
    'product_viewed',
    'view_product',
    'viewed_product',
    'view_item',
    'gig_view',
    'gig_viewed',
    'view_gig',
  ],
  basket: [
    'basket',
    'basket_add',
    'add_to_basket',
    'added_to_basket',
    'cart',
    'cart_add',
    'add_to_cart',
    'added_to_cart',
  ],
  search: ['search', 'searched', 'search_performed'],
  page: ['page', 'page_view', 'page_viewed', 'screen_view'],
  click: ['click', 'clicked'],
  share: ['share', 'shared'],
  checkout: ['checkout', 'checkout_started', 'begin_checkout'],
} as const

/** Kind of an activity; `other` are all names that are not declared here. */
export type ActivityKind = keyof typeof namesByKind | 'other'

const kinds: ReadonlyMap<string, ActivityKind> = new Map([
  ...namesByKind.view.map((name) => [name, 'view'] as const),
  ...namesByKind.basket.map((name) => [name, 'basket'] as const),
  ...namesByKind.search.map((name) => [name, 'search'] as const),
  ...namesByKind.page.map((name) => [name, 'page'] as const),
  ...namesByKind.click.map((name) => [name, 'click'] as const),
  ...namesByKind.share.map((name) => [name, 'share'] as const),
  ...namesByKind.checkout.map((name) => [name, 'checkout'] as const),
])

/**
 * Returns the declared name of an activity by the one that a client gave: `productView`, `Product.View` and `product_view`
 * are the same.
 * @returns `other` for names that are not declared
 */
export const activityName = (eventType: string): string => {
  const name = eventType
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll(/[.:-]/g, '_')
    .toLowerCase()
  return kinds.has(name) ? name : 'other'
}

/** Returns the kind of an activity by the name that a client gave. */
export const activityKind = (eventType: string): ActivityKind =>
  kinds.get(activityName(eventType)) ?? 'other'
