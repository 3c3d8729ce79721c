import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { addresses } from '../app/addresses.ts'
import { rootRoute } from '../app/root.tsx'
import { logsSearch } from './operations/logs-search.ts'
import { selected } from './operations/selected.ts'
import { liveSearch } from './events/live-search.ts'
import { replaySearch } from './events/replay-search.ts'
import { eventsSearch } from './events/event-filter.ts'
import { dashboardSearch } from './figures/dashboard-search.ts'
import { streamSearch } from './events/stream-search.ts'
import { whySearch } from './events/why-search.ts'
import { moderationFilter } from './shop/moderation-filter.ts'
import { sagaFilter } from './orders/saga-filter.ts'
import { peopleFilter } from './people/people-filter.ts'
import { paymentFilter } from './shop/payment-filter.ts'

/** Routes of the desk's pages; each page is a chunk of its own. */
export const deskRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.desk,
    component: lazyRouteComponent(() => import('./overview-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskOrders,
    validateSearch: sagaFilter,
    component: lazyRouteComponent(() => import('./orders/orders-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskOrder,
    component: lazyRouteComponent(() => import('./orders/order-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskProjections,
    component: lazyRouteComponent(() => import('./operations/projections-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskDeadLetters,
    validateSearch: selected,
    component: lazyRouteComponent(() => import('./operations/dead-letters-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskJobs,
    validateSearch: selected,
    component: lazyRouteComponent(() => import('./operations/jobs-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskBridges,
    component: lazyRouteComponent(() => import('./operations/bridges-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskGroups,
    component: lazyRouteComponent(() => import('./operations/groups-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskWebhooks,
    validateSearch: selected,
    component: lazyRouteComponent(() => import('./operations/webhooks-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskPromotions,
    component: lazyRouteComponent(() => import('./people/promotions-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskPeople,
    validateSearch: peopleFilter,
    component: lazyRouteComponent(() => import('./people/people-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskPersonDetails,
    component: lazyRouteComponent(() => import('./people/person-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskProducts,
    component: lazyRouteComponent(() => import('./shop/products-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskProduct,
    component: lazyRouteComponent(() => import('./shop/product-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskPayments,
    validateSearch: paymentFilter,
    component: lazyRouteComponent(() => import('./shop/payments-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskModeration,
    validateSearch: moderationFilter,
    component: lazyRouteComponent(() => import('./shop/moderation-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskLogs,
    validateSearch: logsSearch,
    component: lazyRouteComponent(() => import('./operations/logs-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskTrace,
    component: lazyRouteComponent(() => import('./operations/trace-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskAudits,
    component: lazyRouteComponent(() => import('./operations/audits-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskEvents,
    validateSearch: eventsSearch,
    component: lazyRouteComponent(() => import('./events/events-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskStream,
    validateSearch: streamSearch,
    component: lazyRouteComponent(() => import('./events/stream-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskWhy,
    validateSearch: whySearch,
    component: lazyRouteComponent(() => import('./events/why-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskLive,
    validateSearch: liveSearch,
    component: lazyRouteComponent(() => import('./events/live-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskReplays,
    validateSearch: replaySearch,
    component: lazyRouteComponent(() => import('./events/replays-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskDashboard,
    validateSearch: dashboardSearch,
    component: lazyRouteComponent(() => import('./figures/dashboard-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.deskReports,
    component: lazyRouteComponent(() => import('./figures/reports-page.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: addresses.sockets,
    component: lazyRouteComponent(() => import('./sockets-page.tsx')),
  }),
] as const
