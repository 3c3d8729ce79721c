import { randomUUID } from 'node:crypto'
import { isRefusal } from '#kernel'
import {
  promiseCounts,
  type PromiseCounts,
} from '../../../platform/observability/reports/promise-counts.ts'
import { alerts, projections, webhooks } from '../../../projections/index.ts'
import { chore } from '../../../serving/chore.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { oncePerPorts } from '../../../serving/ports.ts'
import { alert, alertIdOf } from '../alert.ts'
import { evaluate, type Concern, type Contradictions } from '../evaluate.ts'
import { limitOf, rules, summaryOf, type Rule } from '../rules.ts'
import { measurementsOf, sampleLags } from '../services/measurements.ts'

/** Age of the oldest reports that count, in ms: a process reports every 15 s. */
const reportAge = 40_000

/** Most alerts that are raised at once and known to an evaluation. */
const mostRaised = 500

/** What evaluations remember, in the process that makes them; after a move to another one, times begin anew. */
const memoryOf = oncePerPorts<JobPorts, { contradictions: Contradictions; samples: PromiseCounts }>(
  ({ clock }) => ({
    contradictions: new Map(),
    samples: promiseCounts(() => clock().getTime()),
  }),
)

const byName: ReadonlyMap<string, Rule> = new Map(rules.map((rule) => [rule.name, rule]))

/** Stores of read models, as reports name them. Where one is not configured, no report names it. */
const stores: ReadonlyMap<string, string> = new Map(
  projections.map(({ name, store }) => [name, store === 'mongo' ? 'mongodb' : store]),
)
const storeOf = (projection: string): string => stores.get(projection) ?? 'postgres'

/** Most webhooks that are measured. */
const mostWebhooks = 100

const raisedNow = async ({ readModels }: JobPorts): Promise<readonly Concern[]> => {
  const where = { state: { in: ['raised', 'acknowledged'] } }
  const { documents } = await readModels.find(alerts, { where, limit: mostRaised, counted: false })
  return documents
}

/** Measures, evaluates the rules, and raises and resolves alerts. */
const watchOnce = async (ports: JobPorts): Promise<void> => {
  const { executor, clock, lags, bridges, consumerGroups, deadLetterCounts, audits, reports } =
    ports
  const memory = memoryOf(ports)
  const [raised, subscribed, snapshot] = await Promise.all([
    raisedNow(ports),
    ports.readModels.find(webhooks, { limit: mostWebhooks, counted: false }),
    Promise.all([
      lags(),
      deadLetterCounts(),
      audits(),
      reports.recent(reportAge),
      bridges(),
      consumerGroups(),
    ]),
  ])
  const lagsNow = snapshot[0].map((one) => ({ ...one, store: storeOf(one.name) }))
  sampleLags(memory.samples, lagsNow)
  const measurements = measurementsOf({
    lags: lagsNow,
    samples: memory.samples,
    deadLetters: snapshot[1],
    audits: snapshot[2],
    reports: snapshot[3],
    bridges: snapshot[4],
    groups: snapshot[5],
    webhooks: subscribed.documents,
  })
  const verdict = evaluate(rules, measurements, raised, memory.contradictions, clock().getTime())
  memory.contradictions = verdict.contradictions

  const commandId = randomUUID()
  const origin = { commandId, actorId: 'watch', correlationId: commandId }
  const execute = async (
    { rule, subject }: Concern,
    command: Parameters<typeof executor.execute<typeof alert>>[2],
  ): Promise<void> => {
    const id = alertIdOf(rule, subject)
    const answer = await executor.execute(alert, id, command, derivedOrigin(origin, id))
    if (isRefusal(answer)) throw new Error(`${command.type} was refused: ${answer.refused}`)
  }
  for (const { rule: name, subject, value } of verdict.raises) {
    const rule = byName.get(name)
    if (!rule) continue
    await execute(
      { rule: name, subject },
      {
        type: 'RaiseAlert',
        data: {
          rule: name,
          severity: rule.severity,
          subject,
          summary: summaryOf(rule, subject, value),
          value,
          threshold: limitOf(rule),
        },
      },
    )
  }
  for (const concern of verdict.resolves) await execute(concern, { type: 'ResolveAlert', data: {} })
}

/** Every 15 s: evaluates the rules of alerts. */
export const watch = chore({ name: 'watch', every: 15_000, run: watchOnce })
