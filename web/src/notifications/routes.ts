import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { addresses } from '../app/addresses.ts'
import { rootRoute } from '../app/root.tsx'
import { unreadFilter } from './unread-filter.ts'

/** Routes of the notifications pages; each page is a chunk of its own. */
export const notificationRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.notifications,
    validateSearch: unreadFilter,
    component: lazyRouteComponent(() => import('./notifications-page.tsx')),
  }),
] as const
