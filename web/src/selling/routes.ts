import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { addresses } from '../app/addresses.ts'
import { rootRoute } from '../app/root.tsx'
import { soldFilter } from './sold-filter.ts'

/** Routes of the selling pages; each page is a chunk of its own. */
export const sellingRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.selling,
    validateSearch: soldFilter,
    component: lazyRouteComponent(() => import('./selling-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.sellingGigs,
    component: lazyRouteComponent(() => import('./my-gigs-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.newGig,
    component: lazyRouteComponent(() => import('./new-gig-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.editGig,
    component: lazyRouteComponent(() => import('./edit-gig-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.earnings,
    component: lazyRouteComponent(() => import('./earnings-page.tsx')),
  }),
] as const
