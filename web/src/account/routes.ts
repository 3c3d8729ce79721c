import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { addresses } from '../app/addresses.ts'
import { rootRoute } from '../app/root.tsx'
import { linkToken } from './link-token.ts'
import { nextAddress, signInAddress } from './next-address.ts'

/** Routes of the account pages; each page is a chunk of its own. */
export const accountRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.signIn,
    validateSearch: signInAddress,
    component: lazyRouteComponent(() => import('./sign-in-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.signUp,
    validateSearch: nextAddress,
    component: lazyRouteComponent(() => import('./sign-up-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.forgot,
    component: lazyRouteComponent(() => import('./forgot-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.reset,
    validateSearch: linkToken,
    component: lazyRouteComponent(() => import('./reset-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.verify,
    validateSearch: linkToken,
    component: lazyRouteComponent(() => import('./verify-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.unsubscribe,
    validateSearch: linkToken,
    component: lazyRouteComponent(() => import('./unsubscribe-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.account,
    component: lazyRouteComponent(() => import('./account-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.security,
    component: lazyRouteComponent(() => import('./security-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.privacy,
    component: lazyRouteComponent(() => import('./privacy-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.preferences,
    component: lazyRouteComponent(() => import('./preferences-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.yourData,
    component: lazyRouteComponent(() => import('./your-data-page.tsx')),
  }),
] as const
