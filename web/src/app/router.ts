import { createRouter } from '@tanstack/react-router'
import { accountRoutes } from '../account/routes.ts'
import { chatRoutes } from '../chat/routes.ts'
import { deskRoutes } from '../desk/routes.ts'
import { gigRoutes } from '../gigs/routes.ts'
import { networkRoutes } from '../network/routes.ts'
import { notificationRoutes } from '../notifications/routes.ts'
import { sellingRoutes } from '../selling/routes.ts'
import { shopRoutes } from '../shop/routes.ts'
import { rootRoute } from './root.tsx'

/** Routes of all features. */
export const router = createRouter({
  routeTree: rootRoute.addChildren([
    ...shopRoutes,
    ...gigRoutes,
    ...sellingRoutes,
    ...networkRoutes,
    ...chatRoutes,
    ...notificationRoutes,
    ...accountRoutes,
    ...deskRoutes,
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
