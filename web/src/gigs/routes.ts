import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { addresses } from '../app/addresses.ts'
import { rootRoute } from '../app/root.tsx'
import { gigFilter } from './gig-filter.ts'

/** Routes of the gigs pages; each page is a chunk of its own. */
export const gigRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.gigs,
    validateSearch: gigFilter,
    component: lazyRouteComponent(() => import('./gigs-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.gig,
    component: lazyRouteComponent(() => import('./gig-page.tsx')),
  }),
] as const
