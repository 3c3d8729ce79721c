import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client'
import type { EventStoreHealth } from '../../storage/event-log/eventstoredb.ts'
import type { Append, EventLog } from '../../storage/event-log/port.ts'
import type { QueueCounts } from '../../messaging/queue/port.ts'
import { differenceKinds, type DifferenceKind } from '../../storage/reconciliation/port.ts'

/** What is looked at when somebody asks for the metrics, rather than counted as it happens. */
export type Gauged = {
  readonly projections: () => Promise<
    readonly {
      readonly name: string
      readonly lagEvents: number
      readonly lagSeconds: number
      readonly parked: number
    }[]
  >
  /** How many runs there are, by saga and state. */
  readonly sagas: () => Promise<
    readonly { readonly saga: string; readonly state: string; readonly runs: number }[]
  >
  readonly jobs: () => Promise<readonly ({ readonly queue: string } & QueueCounts)[]>
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** Counts what happens, for Prometheus. */
export const metrics = () => {
  const registry = new Registry()
  const registers = [registry]
  // Both wake an idle process up, each so many ms.
  collectDefaultMetrics({
    register: registry,
    eventLoopMonitoringPrecision: 100,
    eventLoopUtilizationTimeout: 1_000,
  })

  const commands = new Counter({
    name: 'agora_commands_total',
    help: 'Commands that were decided, by what was decided',
    labelNames: ['decider', 'command', 'answer'],
    registers,
  })
  const appended = new Counter({
    name: 'agora_events_appended_total',
    help: 'Events that were recorded',
    registers,
  })
  const appends = new Histogram({
    name: 'agora_append_seconds',
    help: 'How long appends took, by how they ended',
    labelNames: ['outcome'],
    buckets: seconds,
    registers,
  })
  const requests = new Histogram({
    name: 'agora_http_request_seconds',
    help: 'How long requests took',
    labelNames: ['method', 'route', 'status'],
    buckets: seconds,
    registers,
  })
  const failedJobs = new Counter({
    name: 'agora_job_failures_total',
    help: 'Attempts at jobs that failed; parked ones wait for a person',
    labelNames: ['queue', 'parked'],
    registers,
  })
  const mended = new Counter({
    name: 'agora_payments_mended_total',
    help: 'Charges and refunds that were recorded because the ledger of the payment provider told of them',
    labelNames: ['kind'],
    registers,
  })
  const errors = new Counter({
    name: 'agora_runtime_errors_total',
    help: 'Failures that projections, sagas and followers recovered from',
    labelNames: ['part', 'name'],
    registers,
  })

  /** Each command's counter, so that the hot path looks up one map. */
  const counted = new Map<string, { inc: () => void }>()

  return {
    command: (decider: string, command: string, answer: 'taken' | 'refused'): void => {
      const key = `${decider} ${command} ${answer}`
      let counter = counted.get(key)
      if (!counter) counted.set(key, (counter = commands.labels(decider, command, answer)))
      counter.inc()
    },
    served: ({
      method,
      route,
      status,
      duration,
    }: {
      readonly method: string
      readonly route: string
      readonly status: number
      /** ms */
      readonly duration: number
    }): void => requests.observe({ method, route, status }, duration / 1_000),
    failedJob: (queue: string, parked: boolean): void =>
      failedJobs.inc({ queue, parked: String(parked) }),
    mendedPayment: (kind: 'charge' | 'refund'): void => mended.inc({ kind }),
    error: (part: string, name: string): void => errors.inc({ part, name }),

    /** A log whose appends are counted. */
    measured: (log: EventLog): EventLog => {
      /** Observes one call. @param taken how many events its answer says were recorded @param outcomeOf names how it ended */
      const observed = <T>(
        call: Promise<T>,
        taken: (answer: T) => number,
        outcomeOf: (answer: T) => string = () => 'taken',
      ): Promise<T> => {
        const since = performance.now()
        const took = (outcome: string) =>
          appends.observe({ outcome }, (performance.now() - since) / 1_000)
        // Looked at in passing: the caller gets the call itself, and no promise of ours to wait for.
        void call.then(
          (answer) => {
            took(outcomeOf(answer))
            appended.inc(taken(answer))
          },
          (error: unknown) => took(error instanceof Error ? error.name : 'Error'),
        )
        return call
      }
      const sizeOf = (given: readonly Append[]) =>
        given.reduce((sum, { events }) => sum + events.length, 0)
      const { appendTogether } = log
      return {
        ...log,
        append: (stream, expected, events) =>
          observed(log.append(stream, expected, events), () => events.length),
        appendInOrder: (given) =>
          observed(log.appendInOrder(given), (outcomes) =>
            sizeOf(given.filter((_, index) => !(outcomes[index] instanceof Error))),
          ),
        ...(appendTogether && {
          appendTogether: (given) =>
            observed(
              appendTogether(given),
              ({ recorded }) => (recorded ? sizeOf(given) : 0),
              ({ recorded }) => (recorded ? 'taken' : 'Conflict'),
            ),
        }),
      }
    },

    /** Looks at these whenever the metrics are asked for; what cannot be reached then is left out. */
    gauge: ({ projections, sagas, jobs }: Gauged): void => {
      let looking: ReturnType<Gauged['projections']> | undefined
      /** One look for all three that show it: they are asked at the same time, and none waits for another. */
      const look = () =>
        (looking ??= projections()
          .catch(() => [])
          .finally(() => (looking = undefined)))
      const ofProjections = (
        name: string,
        help: string,
        value: 'lagEvents' | 'lagSeconds' | 'parked',
      ): void => {
        const gauge = new Gauge({
          name,
          help,
          labelNames: ['projection'],
          registers,
          collect: async () => {
            for (const one of await look()) gauge.set({ projection: one.name }, one[value])
          },
        })
      }
      ofProjections(
        'agora_projection_lag_events',
        'How many events a read model is behind the log',
        'lagEvents',
      )
      ofProjections(
        'agora_projection_lag_seconds',
        'How old the first event is that a read model has not taken in',
        'lagSeconds',
      )
      ofProjections(
        'agora_projection_parked_documents',
        'Documents that wait for a person',
        'parked',
      )
      const runs = new Gauge({
        name: 'agora_sagas',
        help: 'Runs of sagas',
        labelNames: ['saga', 'state'],
        registers,
        collect: async () => {
          for (const one of await sagas().catch(() => []))
            runs.set({ saga: one.saga, state: one.state }, one.runs)
        },
      })
      const jobsByState = new Gauge({
        name: 'agora_jobs',
        help: 'Jobs in their queues',
        labelNames: ['queue', 'state'],
        registers,
        collect: async () => {
          for (const { queue, ...counts } of await jobs().catch(() => []))
            for (const [state, count] of Object.entries(counts))
              jobsByState.set({ queue, state }, count)
        },
      })
    },

    /** Looks at what differs from the payment provider's ledger whenever the metrics are asked for. */
    gaugePayments: (
      differences: () => Promise<readonly { readonly kind: DifferenceKind }[]>,
    ): void => {
      const gauge = new Gauge({
        name: 'agora_payment_differences',
        help: 'Differences between the ledger of the payment provider and our payments, to be looked at by a person',
        labelNames: ['kind'],
        registers,
        collect: async () => {
          const open = await differences().catch(() => undefined)
          if (!open) return
          gauge.reset()
          for (const kind of differenceKinds)
            gauge.set({ kind }, open.filter((one) => one.kind === kind).length)
        },
      })
    },

    /** Looks at the way to EventStoreDB whenever the metrics are asked for. */
    gaugeEventStore: (health: () => EventStoreHealth): void => {
      const looked = (name: string, help: string, value: (seen: EventStoreHealth) => number) => {
        const gauge: Gauge = new Gauge({
          name,
          help,
          registers,
          collect: (): void => {
            gauge.set(value(health()))
          },
        })
      }
      looked('agora_eventstore_up', 'Whether the last call was answered', ({ connected }) =>
        Number(connected),
      )
      looked(
        'agora_eventstore_subscriptions',
        'How many follow the log just now',
        ({ subscriptions }) => subscriptions,
      )
      looked(
        'agora_eventstore_resubscriptions',
        'How often a subscription had to be made again since the start',
        ({ resubscriptions }) => resubscriptions,
      )
      looked(
        'agora_eventstore_silence_seconds',
        'Since the server was heard of last',
        ({ lastHeardSeconds }) => lastHeardSeconds,
      )
    },

    /** Looks at whether Redis answers whenever the metrics are asked for. */
    gaugeRedis: (isUp: () => boolean): void => {
      const gauge: Gauge = new Gauge({
        name: 'agora_redis_up',
        help: 'Whether Redis answers; without it, each process counts and caches for itself',
        registers,
        collect: (): void => {
          gauge.set(Number(isUp()))
        },
      })
    },

    /** Looks at the circuit breakers of a gateway whenever the metrics are asked for. */
    gaugeBreakers: (
      breakers: () => readonly {
        readonly url: string
        readonly state: string
        readonly pending: number
      }[],
    ): void => {
      const looked = (
        name: string,
        help: string,
        value: (one: ReturnType<typeof breakers>[number]) => number,
      ) => {
        const gauge: Gauge<'instance'> = new Gauge({
          name,
          help,
          labelNames: ['instance'],
          registers,
          collect: (): void => {
            // Instances come and go; those that are gone are not told of any more.
            gauge.reset()
            for (const one of breakers()) gauge.set({ instance: one.url }, value(one))
          },
        })
      }
      looked(
        'agora_gateway_circuit_open',
        'Whether an instance is kept from requests because it failed to answer',
        ({ state }) => Number(state !== 'closed'),
      )
      looked(
        'agora_gateway_pending_requests',
        'Requests that wait for the answer of an instance',
        ({ pending }) => pending,
      )
    },

    /** Everything, in the text format of Prometheus. */
    text: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}
export type Metrics = ReturnType<typeof metrics>
