/** Kinds of activities that the funnel and the searches are counted by. */
type ActivityKind = 'view' | 'basket' | 'search'

const kinds: ReadonlyMap<string, ActivityKind> = new Map(
  Object.entries({
    view: 'view',
    product_view: 'view',
    product_viewed: 'view',
    view_product: 'view',
    viewed_product: 'view',
    view_item: 'view',
    gig_view: 'view',
    gig_viewed: 'view',
    view_gig: 'view',
    basket: 'basket',
    basket_add: 'basket',
    add_to_basket: 'basket',
    added_to_basket: 'basket',
    cart: 'basket',
    cart_add: 'basket',
    add_to_cart: 'basket',
    added_to_cart: 'basket',
    search: 'search',
    searched: 'search',
    search_performed: 'search',
  } as const),
)

/**
 * Returns the kind of an activity by the name that a client gave it: `product_view`, `productView` and `Product.View` are the same.
 * @returns undefined for all other names
 */
export const activityKind = (eventType: string): ActivityKind | undefined =>
  kinds.get(
    eventType
      .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
      .replaceAll(/[.:-]/g, '_')
      .toLowerCase(),
  )
