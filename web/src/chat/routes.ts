import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { addresses } from '../app/addresses.ts'
import { rootRoute } from '../app/root.tsx'
import { chatSearch } from './chat-search.ts'

/** Routes of the chat pages; each page is a chunk of its own. */
export const chatRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.chat,
    validateSearch: chatSearch,
    component: lazyRouteComponent(() => import('./chat-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.conversation,
    component: lazyRouteComponent(() => import('./conversation-page.tsx')),
  }),
] as const
