import { addresses } from '../app/addresses.ts'
import type { Role } from '../app/session.tsx'
import type { DeskTexts } from './texts.ts'

/** A part of the desk: its pages that have no parameter, and the roles of its users. */
export type Area = {
  readonly name: keyof DeskTexts['areas']
  readonly roles: readonly Role[]
  readonly pages: readonly (readonly [
    to: (typeof addresses)[keyof typeof addresses],
    name: keyof DeskTexts['pages'],
  ])[]
  /** Addresses of further pages, which are reached from the listed ones. */
  readonly further?: readonly string[]
}

const operators: readonly Role[] = ['admin']
const analysts: readonly Role[] = ['analyst']

/** The parts of the desk, in the order of its navigation. */
export const areas: readonly Area[] = [
  {
    name: 'operations',
    roles: operators,
    pages: [
      [addresses.desk, 'overview'],
      [addresses.deskProjections, 'projections'],
      [addresses.deskDeadLetters, 'deadLetters'],
      [addresses.deskJobs, 'jobs'],
      [addresses.deskBridges, 'bridges'],
      [addresses.deskGroups, 'groups'],
      [addresses.deskWebhooks, 'webhooks'],
      [addresses.deskLogs, 'logs'],
      [addresses.deskAudits, 'audits'],
    ],
    further: [addresses.deskTrace],
  },
  {
    name: 'business',
    roles: operators,
    pages: [
      [addresses.deskOrders, 'orders'],
      [addresses.deskProducts, 'products'],
      [addresses.deskPayments, 'payments'],
      [addresses.deskPromotions, 'promotions'],
      [addresses.deskPeople, 'people'],
      [addresses.deskModeration, 'moderation'],
    ],
    further: [addresses.deskOrder, addresses.deskProduct, addresses.deskPersonDetails],
  },
  {
    name: 'events',
    roles: analysts,
    pages: [
      [addresses.deskEvents, 'events'],
      [addresses.deskWhy, 'why'],
      [addresses.deskLive, 'live'],
      [addresses.deskReplays, 'replays'],
    ],
    further: [addresses.deskStream],
  },
  {
    name: 'figures',
    roles: analysts,
    pages: [
      [addresses.deskDashboard, 'dashboard'],
      [addresses.deskReports, 'reports'],
    ],
  },
]

/** Returns the part that a page belongs to. @param path of its route */
export const areaOf = (path: string): Area | undefined =>
  areas.find(
    ({ pages, further = [] }) => pages.some(([to]) => to === path) || further.includes(path),
  )
