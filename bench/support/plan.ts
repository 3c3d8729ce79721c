/** Load of an Agora at its peak. */
export type PlannedLoad = {
  readonly ordersPerDay: number
  /** Orders in a second of the peak, as a multiple of the mean of the day. */
  readonly peak: number
  /** GET requests for each order: most visitors buy nothing. */
  readonly reads: number
  /** Share of them that gateways answer from their cache. */
  readonly cached: number
  /** Further commands for each order: baskets, reviews, messages. */
  readonly commands: number
  readonly logins: number
}

/** CPU time in µs, and bytes, of one operation; docs/scaling.md names where each was measured. */
export type Costs = {
  readonly order: {
    /** Of the processes of Agora. */
    readonly server: number
    readonly postgres: number
    readonly events: number
    /** Written ahead, in bytes. */
    readonly wal: number
    /** That its documents take in the end, in bytes. */
    readonly documents: number
  }
  readonly command: { readonly server: number; readonly postgres: number; readonly wal: number }
  readonly read: { readonly gateway: number; readonly api: number; readonly postgres: number }
  readonly login: number
  /** Stored bytes of an event, with its indexes. */
  readonly event: number
  /** Shares of an order's server time, by role. */
  readonly roles: {
    readonly api: number
    readonly sagas: number
    readonly jobs: number
    readonly projections: number
  }
}

/** What cannot be exceeded, by more machines of the kind that binds. */
export type Limits = {
  /** Share of a core at which queues are still short. */
  readonly busy: number
  /** Events a second that one log takes. */
  readonly log: number
}

/** Costs on the machine of the bench (docs/scaling.md). */
export const measuredCosts: Costs = {
  order: { server: 2_520, postgres: 2_340, events: 19, wal: 57_000, documents: 8_000 },
  command: { server: 125, postgres: 105, wal: 1_300 },
  read: { gateway: 120, api: 263, postgres: 30 },
  login: 51_000,
  event: 1_090,
  roles: { api: 0.3, sagas: 0.35, jobs: 0.2, projections: 0.15 },
}

/** Limits on that machine. */
const measuredLimits: Limits = { busy: 0.7, log: 36_000 }

/** A load of 10,000 orders a day, at its peak ten times the mean. */
export const today: PlannedLoad = {
  ordersPerDay: 10_000,
  peak: 10,
  reads: 200,
  cached: 0.6,
  commands: 10,
  logins: 0.5,
}

/** What a load needs at its peak, and in a day. */
export type Plan = {
  readonly ordersPerSecond: number
  readonly requestsPerSecond: number
  readonly eventsPerSecond: number
  /** Cores that are busy all the time, by what keeps them busy. */
  readonly cores: Readonly<
    Record<'gateway' | 'api' | 'projections' | 'sagas' | 'jobs' | 'postgres', number>
  >
  /** Processes, each with one core: two at least, as one may fail. */
  readonly processes: Readonly<Record<'gateway' | 'api' | 'projections' | 'sagas' | 'jobs', number>>
  /** Cores of the machine of PostgreSQL. */
  readonly postgresCores: number
  readonly perDay: { readonly log: number; readonly documents: number; readonly wal: number }
  /** Bytes a second at the peak. */
  readonly walPerSecond: number
  /** What does not grow by more processes, with the share of it that is used; the fullest first. */
  readonly limits: readonly { readonly what: string; readonly used: number }[]
}

const secondsOfDay = 86_400

/** Multiplies a load. */
export const times = (load: PlannedLoad, factor: number): PlannedLoad => ({
  ...load,
  ordersPerDay: load.ordersPerDay * factor,
})

/**
 * Computes what a load needs. Costs of an operation are those of one machine, and do not depend on the load: batches, which
 * grow with it and make each cheaper, are the reserve.
 */
export const planOf = (
  load: PlannedLoad,
  costs: Costs = measuredCosts,
  { busy, log }: Limits = measuredLimits,
): Plan => {
  const orders = (load.ordersPerDay / secondsOfDay) * load.peak
  const { order, command, read, roles } = costs
  const reads = orders * load.reads
  const passed = reads * (1 - load.cached)
  const commands = orders * load.commands
  const logins = orders * load.logins
  const requests = orders + reads + commands + logins
  const coresOf = (rate: number, micros: number): number => (rate * micros) / 1e6
  const ofOrder = (share: number): number => coresOf(orders, order.server * share)
  const cores = {
    gateway: coresOf(requests, read.gateway),
    api:
      ofOrder(roles.api) +
      coresOf(passed, read.api) +
      coresOf(commands, command.server) +
      coresOf(logins, costs.login),
    projections: ofOrder(roles.projections),
    sagas: ofOrder(roles.sagas),
    jobs: ofOrder(roles.jobs),
    postgres:
      coresOf(orders, order.postgres) +
      coresOf(passed, read.postgres) +
      coresOf(commands, command.postgres),
  }
  const processesOf = (used: number): number => Math.max(2, Math.ceil(used / busy))
  const events = orders * order.events + commands
  const eventsPerDay = load.ordersPerDay * (order.events + load.commands)
  return {
    ordersPerSecond: orders,
    requestsPerSecond: requests,
    eventsPerSecond: events,
    cores,
    processes: {
      gateway: processesOf(cores.gateway),
      api: processesOf(cores.api),
      projections: processesOf(cores.projections),
      sagas: processesOf(cores.sagas),
      jobs: processesOf(cores.jobs),
    },
    postgresCores: Math.max(2, Math.ceil(cores.postgres / busy)),
    perDay: {
      log: eventsPerDay * costs.event,
      documents: load.ordersPerDay * order.documents,
      wal: load.ordersPerDay * (order.wal + load.commands * command.wal),
    },
    walPerSecond: orders * order.wal + commands * command.wal,
    limits: [
      // A saga is run by one process at a time.
      { what: 'one core of the saga of orders', used: cores.sagas },
      { what: 'one core of the read models, undivided', used: cores.projections },
      { what: 'the events that one log takes', used: events / log },
    ].toSorted((a, b) => b.used - a.used),
  }
}

const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const gigabytes = (bytes: number): string => `${number.format(bytes / 1e9)} GB`

/** Formats plans side by side as a table of Markdown. */
export const planTable = (plans: readonly (readonly [string, Plan])[]): string => {
  const row = (what: string, of: (plan: Plan) => string): string =>
    `| ${[what, ...plans.map(([, plan]) => of(plan))].join(' | ')} |`
  const coresAnd = (name: keyof Plan['processes']) => (plan: Plan) =>
    `${number.format(plan.cores[name])} → ${plan.processes[name]}`
  const used = (what: string) => (plan: Plan) =>
    `${number.format(100 * (plan.limits.find((one) => one.what === what)?.used ?? 0))} %`
  return [
    `| | ${plans.map(([name]) => name).join(' | ')} |`,
    `|---|${plans.map(() => '---:|').join('')}`,
    row('orders a second, at the peak', (plan) => number.format(plan.ordersPerSecond)),
    row('requests a second', (plan) => number.format(plan.requestsPerSecond)),
    row('events a second', (plan) => number.format(plan.eventsPerSecond)),
    row('gateway: cores → processes', coresAnd('gateway')),
    row('api', coresAnd('api')),
    row('projections', coresAnd('projections')),
    row('sagas', coresAnd('sagas')),
    row('jobs', coresAnd('jobs')),
    row(
      'PostgreSQL: cores → of its machine',
      (plan) => `${number.format(plan.cores.postgres)} → ${plan.postgresCores}`,
    ),
    row('log a day', (plan) => gigabytes(plan.perDay.log)),
    row('documents a day', (plan) => gigabytes(plan.perDay.documents)),
    row('written ahead a day', (plan) => gigabytes(plan.perDay.wal)),
    row('written ahead, at the peak', (plan) => `${number.format(plan.walPerSecond / 1e6)} MB/s`),
    ...(plans[0]?.[1].limits ?? []).map(({ what }) => row(`used: ${what}`, used(what))),
  ].join('\n')
}

/** The plans that docs/scaling.md shows. */
export const shownPlans = (load: PlannedLoad = today): readonly (readonly [string, Plan])[] =>
  [1, 10, 100].map((factor) => [`${factor} ×`, planOf(times(load, factor))] as const)
