import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client'
import type { EventStoreHealth } from '../../storage/event-log/eventstoredb.ts'
import type { Append, EventLog } from '../../storage/event-log/port.ts'
import type { ShippingCounts } from '../logs/shipping.ts'
import type { GroupFigures, Report } from '../reports/port.ts'
import { addBridgeGauges, bridgeCounters } from './bridge-metrics.ts'
import { addGroupMetrics } from './group-metrics.ts'
import { addProcessGauges } from './process-gauges.ts'
import { promiseCounters } from './promise-counters.ts'
import { webhookMetrics } from './webhook-metrics.ts'
import type { QueueCounts } from '../../messaging/queue/port.ts'
import type { LedgerEntry } from '../../external/payments/port.ts'
import type { OutboundClient } from '../../outbound/port.ts'
import { differenceKinds, type DifferenceKind } from '../../storage/reconciliation/port.ts'

/** Values that are read at each scrape, rather than counted as they change. */
export type Gauged = {
  readonly projections: () => Promise<
    readonly {
      readonly name: string
      readonly lagEvents: number
      readonly lagSeconds: number
      readonly parked: number
      /** ms */
      readonly within: number
    }[]
  >
  /** Number of runs, by saga and state. */
  readonly sagas: () => Promise<
    readonly { readonly saga: string; readonly state: string; readonly runs: number }[]
  >
  readonly jobs: () => Promise<readonly ({ readonly queue: string } & QueueCounts)[]>
  readonly deadLetters: () => Promise<
    readonly { readonly kind: string; readonly name: string; readonly count: number }[]
  >
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 5]

/** Metrics of a process, for Prometheus. */
export const metrics = () => {
  const registry = new Registry()
  const registers = [registry]
  // Both intervals, in ms, wake an idle process.
  collectDefaultMetrics({
    register: registry,
    eventLoopMonitoringPrecision: 100,
    eventLoopUtilizationTimeout: 1_000,
  })

  const commands = new Counter({
    name: 'agora_commands_total',
    help: 'Commands that were decided, by decision',
    labelNames: ['decider', 'command', 'answer'],
    registers,
  })
  const appended = new Counter({
    name: 'agora_events_appended_total',
    help: 'Events that were appended',
    registers,
  })
  const appends = new Histogram({
    name: 'agora_append_seconds',
    help: 'Duration of appends, by outcome',
    labelNames: ['outcome'],
    buckets: seconds,
    registers,
  })
  const requests = new Histogram({
    name: 'agora_http_request_seconds',
    help: 'Duration of requests',
    labelNames: ['method', 'route', 'status'],
    buckets: seconds,
    registers,
  })
  const failedJobs = new Counter({
    name: 'agora_job_failures_total',
    help: 'Failed attempts of jobs; parked jobs wait for an operator',
    labelNames: ['queue', 'parked'],
    registers,
  })
  const mended = new Counter({
    name: 'agora_payments_mended_total',
    help: 'Entries that were recorded because the ledger of the payment provider contained them',
    labelNames: ['kind'],
    registers,
  })
  const errors = new Counter({
    name: 'agora_runtime_errors_total',
    help: 'Failures that projections, sagas and followers recovered from',
    labelNames: ['part', 'name'],
    registers,
  })

  /** Counters by command, so that the hot path does one lookup. */
  const counted = new Map<string, { inc: () => void }>()

  return {
    ...webhookMetrics(registry),

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
    mendedPayment: (kind: LedgerEntry['kind']): void => mended.inc({ kind }),
    error: (part: string, name: string): void => errors.inc({ part, name }),
    bridges: bridgeCounters(registers),

    promised: promiseCounters(registers),

    /** Wraps a log and measures its appends. */
    measured: (log: EventLog): EventLog => {
      /** Measures a call. @param taken returns the number of appended events @param outcomeOf returns the label of the outcome */
      const observed = <T>(
        call: Promise<T>,
        taken: (answer: T) => number,
        outcomeOf: (answer: T) => string = () => 'taken',
      ): Promise<T> => {
        const since = performance.now()
        const took = (outcome: string) =>
          appends.observe({ outcome }, (performance.now() - since) / 1_000)
        // The caller gets the call itself, not a derived promise that would resolve later.
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

    /** Adds gauges that read these values at each scrape; values that cannot be read are left out. */
    gauge: ({ projections, sagas, jobs, deadLetters }: Gauged): void => {
      let reading: ReturnType<Gauged['projections']> | undefined
      /** One read for all of these gauges, which are collected concurrently. */
      const read = () =>
        (reading ??= projections()
          .catch(() => [])
          .finally(() => (reading = undefined)))
      const ofProjections = (
        name: string,
        help: string,
        value: 'lagEvents' | 'lagSeconds' | 'parked' | 'within',
        scale = 1,
      ): void => {
        const gauge = new Gauge({
          name,
          help,
          labelNames: ['projection'],
          registers,
          collect: async () => {
            for (const one of await read()) gauge.set({ projection: one.name }, one[value] * scale)
          },
        })
      }
      ofProjections(
        'agora_projection_lag_events',
        'Number of events that a read model is behind the log',
        'lagEvents',
      )
      ofProjections(
        'agora_projection_lag_seconds',
        'Age of the first event that a read model has not folded',
        'lagSeconds',
      )
      ofProjections(
        'agora_projection_within_seconds',
        'Age of the first event that a read model has not folded, at most, as it promises',
        'within',
        0.001,
      )
      ofProjections(
        'agora_projection_parked_documents',
        'Parked documents, which wait for an operator',
        'parked',
      )
      const runs = new Gauge({
        name: 'agora_sagas',
        help: 'Runs of sagas, by state',
        labelNames: ['saga', 'state'],
        registers,
        collect: async () => {
          for (const one of await sagas().catch(() => []))
            runs.set({ saga: one.saga, state: one.state }, one.runs)
        },
      })
      const jobsByState = new Gauge({
        name: 'agora_jobs',
        help: 'Jobs by queue and state',
        labelNames: ['queue', 'state'],
        registers,
        collect: async () => {
          for (const { queue, ...counts } of await jobs().catch(() => []))
            for (const [state, count] of Object.entries(counts))
              jobsByState.set({ queue, state }, count)
        },
      })
      const letters: Gauge<'kind' | 'name'> = new Gauge({
        name: 'agora_dead_letters',
        help: 'Documents, runs and jobs that wait for an operator',
        labelNames: ['kind', 'name'],
        registers,
        collect: async () => {
          const all = await deadLetters().catch(() => undefined)
          if (!all) return
          letters.reset()
          for (const { kind, name, count } of all) letters.set({ kind, name }, count)
        },
      })
    },

    /** Adds the numbers of log lines on their way to the log store. */
    gaugeLogs: (counts: () => ShippingCounts): void => {
      const lines: Counter<'outcome'> = new Counter({
        name: 'agora_log_lines_total',
        help: 'Log lines that were written to the log store, and that were dropped as the buffer was full',
        labelNames: ['outcome'],
        registers,
        collect: (): void => {
          const { shipped, dropped } = counts()
          lines.reset()
          lines.inc({ outcome: 'shipped' }, shipped)
          lines.inc({ outcome: 'dropped' }, dropped)
        },
      })
      const waiting: Gauge = new Gauge({
        name: 'agora_log_lines_waiting',
        help: 'Log lines that wait to be written to the log store',
        registers,
        collect: (): void => {
          waiting.set(counts().waiting)
        },
      })
    },

    /** Adds gauges of how far the bridges are behind the log. */
    gaugeBridges: (bridges: Parameters<typeof addBridgeGauges>[1]): void =>
      addBridgeGauges(registers, bridges),

    /** Adds metrics of the groups of consumers that this process leads. */
    gaugeGroups: (figures: () => Promise<readonly GroupFigures[]>): void =>
      addGroupMetrics(registers, figures),

    /** Adds gauges of what this process measures of itself. */
    gaugeProcess: (latest: () => Promise<Report>): void => addProcessGauges(registers, latest),

    /** Adds a gauge of the differences from the payment provider's ledger. */
    gaugePayments: (
      differences: () => Promise<readonly { readonly kind: DifferenceKind }[]>,
    ): void => {
      const gauge = new Gauge({
        name: 'agora_payment_differences',
        help: 'Differences between the ledger of the payment provider and our payments, for an operator to examine',
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

    /** Adds a gauge of the documents that differ from the log, as audits have found. */
    gaugeAudits: (
      audits: () => Promise<
        readonly { readonly name: string; readonly open: readonly unknown[] }[]
      >,
    ): void => {
      const gauge = new Gauge({
        name: 'agora_audit_differences',
        help: 'Documents that an audit has found to differ from the log, for an operator to mend',
        labelNames: ['projection'],
        registers,
        collect: async () => {
          for (const { name, open } of await audits().catch(() => []))
            gauge.set({ projection: name }, open.length)
        },
      })
    },

    /** Adds gauges of the connection to EventStoreDB. */
    gaugeEventStore: (health: () => EventStoreHealth): void => {
      const addGauge = (
        name: string,
        help: string,
        value: (health: EventStoreHealth) => number,
      ) => {
        const gauge: Gauge = new Gauge({
          name,
          help,
          registers,
          collect: (): void => {
            gauge.set(value(health()))
          },
        })
      }
      addGauge('agora_eventstore_up', 'Whether the last call was answered', ({ connected }) =>
        Number(connected),
      )
      addGauge(
        'agora_eventstore_subscriptions',
        'Number of subscriptions that follow the log',
        ({ subscriptions }) => subscriptions,
      )
      addGauge(
        'agora_eventstore_resubscriptions',
        'Number of times that a subscription was renewed since the start',
        ({ resubscriptions }) => resubscriptions,
      )
      addGauge(
        'agora_eventstore_silence_seconds',
        'Time since the last answer of the server',
        ({ lastHeardSeconds }) => lastHeardSeconds,
      )
    },

    /** Adds a gauge that says whether Redis answers. */
    gaugeRedis: (isUp: () => boolean): void => {
      const gauge: Gauge = new Gauge({
        name: 'agora_redis_up',
        help: 'Whether Redis answers; without it, each process counts and caches locally',
        registers,
        collect: (): void => {
          gauge.set(Number(isUp()))
        },
      })
    },

    /** Adds counters of the spans of a tracer. */
    countSpans: (counts: () => { readonly exported: number; readonly dropped: number }): void => {
      const counter: Counter<'outcome'> = new Counter({
        name: 'agora_trace_spans_total',
        help: 'Spans that the trace store took, and those that were dropped as it did not in time',
        labelNames: ['outcome'],
        registers,
        collect: (): void => {
          counter.reset()
          for (const [outcome, count] of Object.entries(counts())) counter.inc({ outcome }, count)
        },
      })
    },

    /** Adds metrics of the clients of servers outside of Agora. */
    gaugeClients: (clients: readonly OutboundClient[]): void => {
      const open: Gauge<'client'> = new Gauge({
        name: 'agora_client_circuit_open',
        help: 'Whether calls to a server outside of Agora are rejected, as it failed to answer',
        labelNames: ['client'],
        registers,
        collect: (): void => {
          for (const { name, status } of clients)
            open.set({ client: name }, Number(status().state !== 'closed'))
        },
      })
      const calls: Counter<'client' | 'outcome'> = new Counter({
        name: 'agora_client_failures_total',
        help: 'Calls that a server outside of Agora did not answer, and those that were rejected meanwhile',
        labelNames: ['client', 'outcome'],
        registers,
        collect: (): void => {
          calls.reset()
          for (const { name, status } of clients) {
            const { failed, rejected } = status()
            calls.inc({ client: name, outcome: 'failed' }, failed)
            calls.inc({ client: name, outcome: 'rejected' }, rejected)
          }
        },
      })
    },

    /** Adds gauges of the circuit breakers of a gateway. */
    gaugeBreakers: (
      breakers: () => readonly {
        readonly url: string
        readonly state: string
        readonly pending: number
      }[],
    ): void => {
      const addGauge = (
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
            // Instances that the gateway no longer knows are removed.
            gauge.reset()
            for (const one of breakers()) gauge.set({ instance: one.url }, value(one))
          },
        })
      }
      addGauge(
        'agora_gateway_circuit_open',
        'Whether an instance gets no requests because it failed to answer',
        ({ state }) => Number(state !== 'closed'),
      )
      addGauge(
        'agora_gateway_pending_requests',
        'Requests that wait for an answer of an instance',
        ({ pending }) => pending,
      )
    },

    /** Returns all metrics in the text format of Prometheus. */
    text: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}
/** See `metrics`. */
export type Metrics = ReturnType<typeof metrics>
