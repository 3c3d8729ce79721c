import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { rules } from '../../src/domains/observability/rules.ts'
import { prometheusRules } from '../../src/docs/prometheus-rules.ts'
import { metrics as createMetrics } from '../../src/platform/observability/metrics/metrics.ts'
import { composeOf, textOf, top, type Found } from '../support/manifests.ts'

/** Names of all metrics that `/metrics` may have, as they are declared there. */
const exposed = async (): Promise<ReadonlySet<string>> => {
  const metrics = createMetrics()
  const none = async () => []
  metrics.gauge({ projections: none, sagas: none, jobs: none, deadLetters: none })
  metrics.promised('orders', 'events', 1, 0)
  metrics.gaugePayments(none)
  metrics.gaugeAudits(none)
  metrics.gaugeBridges(none)
  metrics.gaugeGroups(none)
  metrics.gaugeLogs(() => ({ shipped: 0, dropped: 0, waiting: 0 }))
  metrics.gaugeProcess(() => Promise.reject(new Error('There is no report')))
  metrics.gaugeRedis(() => true)
  metrics.gaugeBreakers(() => [])
  metrics.gaugeClients([])
  metrics.gaugeWebhooks({ oldest: async () => undefined, givenUp: none, now: () => 0 })
  return namesIn((await metrics.text()).text)
}

const namesIn = (text: string): ReadonlySet<string> => {
  const names = new Set<string>()
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    names.add(name)
    if (type === 'histogram')
      for (const suffix of ['bucket', 'count', 'sum']) names.add(`${name}_${suffix}`)
  }
  return names
}

/** Names of the metrics in an expression of Prometheus, without functions, labels and their values. */
const metricsIn = (expr: string): readonly string[] =>
  [
    ...expr
      .replaceAll(/\{[^}]*\}|\b(by|without) \([^)]*\)|\[[^\]]*\]|"[^"]*"/g, '')
      .matchAll(/[a-z_]+_[a-z0-9_]*(?![\w(])/g),
  ].map(([name]) => name)

const fileOfRules: Found = parse(textOf('infra/prometheus/rules.yml'))
const all: readonly Found[] = fileOfRules.groups.flatMap((group: Found) => group.rules)
const alerts = all.filter(({ alert }) => alert)
const records = all.filter(({ record }) => record)
const dashboard: Found = JSON.parse(textOf('infra/grafana/dashboards/agora.json'))
const panels: readonly Found[] = dashboard.panels

test('the rules of Prometheus are those that Agora evaluates, and two about what it cannot notice', () => {
  expect(textOf('infra/prometheus/rules.yml')).toBe(prometheusRules(rules))
  expect(alerts).toHaveLength(rules.length + 2)
  for (const { labels, annotations } of alerts) {
    expect(['warning', 'critical']).toContain(labels.severity)
    expect(annotations.summary).not.toContain('{subject}')
  }
})

describe('the metrics named', () => {
  let known: ReadonlySet<string>
  beforeAll(async () => {
    const recorded = records.flatMap(({ record }) => metricsIn(record))
    known = new Set([...(await exposed()), ...recorded])
  })

  test('in rules are exposed', () => {
    expect(records.length).toBeGreaterThan(1)
    const named = all
      .filter(({ expr }) => !expr.includes('up{'))
      .flatMap(({ expr }) => metricsIn(expr))
    expect(named.length).toBeGreaterThanOrEqual(rules.length)
    expect(named.filter((name) => !known.has(name))).toEqual([])
  })

  test('in dashboards are exposed', () => {
    const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }: Found) => expr))
    const named = expressions.flatMap(metricsIn)
    expect(named.length).toBeGreaterThanOrEqual(panels.length)
    expect(named.filter((name) => !known.has(name))).toEqual([])
  })
})

test('the dashboard shows promises, lags, sagas, errors, latencies and queues, each in a place of its own', () => {
  const titles = panels.map(({ title }) => title).join('\n')
  for (const word of ['promises', 'Lag', 'saga', 'Error rate', 'Latency of each hop', 'Queues'])
    expect(titles).toMatch(new RegExp(word, 'i'))
  const places = panels.map(({ gridPos: { x, y } }) => `${x} ${y}`)
  expect(new Set(places).size).toBe(panels.length)
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
})

test('Prometheus scrapes every process of Compose', () => {
  const config: Found = parse(textOf('infra/prometheus/prometheus.yml'))
  const [{ names, port }] = config.scrape_configs[0].dns_sd_configs
  const processes = ['docker-compose.yml', 'docker-compose.roles.yml'].flatMap((path) =>
    Object.entries<Found>(composeOf(path).services).flatMap(([name, { image }]) =>
      image?.startsWith('agora:') ? [name] : [],
    ),
  )
  expect(names.toSorted()).toEqual(processes.toSorted())
  expect(port).toBe(3000)
})

test('what observes is pinned, bounded, checked and published on this machine only', () => {
  const services = Object.values<Found>(composeOf('docker-compose.yml').services).filter(
    ({ profiles }) => profiles?.includes('observe'),
  )
  expect(services).toHaveLength(4)
  for (const { image, mem_limit: limit, ports, healthcheck } of services) {
    expect(image).toMatch(/:v?\d+\.\d+\.\d+$/)
    expect(limit).toMatch(/^\d+m$/)
    for (const published of ports) expect(published).toMatch(/^127\.0\.0\.1:/)
    expect(healthcheck.test[0]).toBe('CMD')
  }
})

describe('the saved objects of Kibana', () => {
  const objects: readonly Found[] = textOf('infra/kibana/agora.ndjson')
    .trimEnd()
    .split('\n')
    .map((line): Found => JSON.parse(line))

  test('refer to each other, and to the indices of log lines', () => {
    const known = new Set(objects.map(({ type, id }) => `${type} ${id}`))
    for (const { references, id } of objects)
      for (const { type, id: other } of references) expect(known, id).toContain(`${type} ${other}`)
    const views = objects.filter(({ type }) => type === 'index-pattern')
    expect(views.map(({ attributes }) => attributes.title)).toEqual(['logs-agora-*'])
    expect(objects.map(({ type }) => type)).toContain('dashboard')
  })

  test('name fields that log lines have', () => {
    const store = textOf('src/platform/observability/logs/elasticsearch.ts')
    const fields = new Set(
      objects.flatMap(({ attributes: { columns = [], visState = '{}' } }) => [
        ...columns,
        ...(JSON.parse(visState).aggs ?? []).flatMap(({ params }: Found) => params.field ?? []),
      ]),
    )
    expect(fields.size).toBeGreaterThan(5)
    for (const field of fields) for (const part of field.split('.')) expect(store).toContain(part)
  })
})

/** Runs a checker of a file. @returns its complaint; undefined where the program is not installed */
const complaintOf = (program: string, ...args: readonly string[]): string | undefined => {
  const { error, status, stderr, stdout } = spawnSync(program, args, {
    cwd: join(top, 'infra/prometheus'),
    encoding: 'utf8',
  })
  if (error) return undefined
  return status === 0 ? '' : `${stdout}${stderr}`
}

const isInstalled = (program: string) => complaintOf(program, '--version') === ''

for (const [program, ...args] of [
  ['promtool', 'check', 'rules', 'rules.yml'],
  ['promtool', 'test', 'rules', '../../test/infra/promise-rules.yml'],
  ['promtool', 'check', 'config', 'prometheus.yml'],
  ['amtool', 'check-config', 'alertmanager.yml'],
] as const)
  test.skipIf(!isInstalled(program))(
    `${program} accepts ${args.at(-1)}${isInstalled(program) ? '' : ` (skipped: ${program} is not installed)`}`,
    () => expect(complaintOf(program, ...args)).toBe(''),
  )
