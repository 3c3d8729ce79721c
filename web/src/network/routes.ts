import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { addresses } from '../app/addresses.ts'
import { rootRoute } from '../app/root.tsx'
import { peopleQuestion } from './people-question.ts'

/** Routes of the network pages; each page is a chunk of its own. */
export const networkRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.feed,
    component: lazyRouteComponent(() => import('./feed-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.post,
    component: lazyRouteComponent(() => import('./post-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.people,
    validateSearch: peopleQuestion,
    component: lazyRouteComponent(() => import('./people-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.person,
    component: lazyRouteComponent(() => import('./person-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.followers,
    component: lazyRouteComponent(() => import('./followers-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.following,
    component: lazyRouteComponent(() => import('./following-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.requests,
    component: lazyRouteComponent(() => import('./requests-page.tsx')),
  }),
] as const
