import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { addresses } from '../app/addresses.ts'
import { rootRoute } from '../app/root.tsx'
import { ordersFilter } from './orders-filter.ts'
import { productFilter } from './product-filter.ts'
import { searchQuestion } from './search-question.ts'

/** Routes of the shop pages; each page is a chunk of its own. */
export const shopRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.shop,
    validateSearch: productFilter,
    component: lazyRouteComponent(() => import('./shop-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.product,
    component: lazyRouteComponent(() => import('./product-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.basket,
    component: lazyRouteComponent(() => import('./basket-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.checkout,
    component: lazyRouteComponent(() => import('./checkout-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.orders,
    validateSearch: ordersFilter,
    component: lazyRouteComponent(() => import('./orders-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.order,
    component: lazyRouteComponent(() => import('./order-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.search,
    validateSearch: searchQuestion,
    component: lazyRouteComponent(() => import('./search-page.tsx')),
  }),
] as const
