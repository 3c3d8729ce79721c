import type { Severity } from './alert.ts'
import { mostMissed, promiseInPrometheus } from './promise.ts'

/** A rule: an alert is raised about a subject while its measured value is beyond the limit. */
export type Rule = {
  /** Also the name of what is measured. */
  readonly name: string
  readonly severity: Severity
  /** The value is bad above, or below, this. */
  readonly limit: { readonly above: number } | { readonly below: number }
  /** Time for which the value must be bad before the alert is raised, in ms. */
  readonly for: number
  /** Time for which the value must be good before the alert is resolved, in ms. */
  readonly quiet: number
  /**
   * What it means that a subject is not measured: that all is well, as everything that is bad is measured; or nothing, as
   * the process that measured it may have vanished.
   */
  readonly unmeasured: 'good' | 'unknown'
  /** A sentence; `{subject}` and `{value}` are replaced. */
  readonly summary: string
  /** Decimals of the value in the summary. */
  readonly decimals: number
  /** The same measurement by Prometheus: an expression, its label with the subject, and what it records for that before. */
  readonly prometheus: {
    readonly expr: string
    readonly subject?: string
    readonly records?: readonly { readonly record: string; readonly expr: string }[]
  }
}

const second = 1_000
const minute = 60 * second
const day = 24 * 60 * minute

/** Routes of clients: probes are refused while a process is not ready, and their answers say nothing about others. */
const ofClients = 'route!~".*/(health|metrics).*"'

/** Answers of the last five minutes. */
const answers = (of: 'increase' | 'rate', more = '') =>
  `sum(${of}(agora_http_request_seconds_count{${ofClients}${more}}[5m]))`

/** All rules. `infra/prometheus/rules.yml` is generated from them. */
export const rules = [
  {
    name: 'promise-missed',
    severity: 'warning',
    limit: { above: mostMissed },
    for: 0,
    quiet: 2 * minute,
    unmeasured: 'unknown',
    summary:
      'The read model {subject} is not as fresh as it promises: the share that misses is {value}',
    decimals: 2,
    prometheus: promiseInPrometheus,
  },
  {
    name: 'parked-documents',
    severity: 'warning',
    limit: { above: 0 },
    for: 0,
    quiet: minute,
    unmeasured: 'good',
    summary: 'Parked documents of the read model {subject}: {value}',
    decimals: 0,
    prometheus: {
      expr: 'max by (projection) (agora_projection_parked_documents)',
      subject: 'projection',
    },
  },
  {
    name: 'bridge-lag',
    severity: 'warning',
    limit: { above: 60 },
    for: minute,
    quiet: 2 * minute,
    unmeasured: 'unknown',
    summary: 'The events published to {subject} are {value} s behind the log',
    decimals: 0,
    prometheus: { expr: 'max by (bridge) (agora_bridge_lag_seconds)', subject: 'bridge' },
  },
  {
    name: 'bridge-parked',
    severity: 'warning',
    limit: { above: 0 },
    for: 0,
    quiet: minute,
    unmeasured: 'good',
    summary: 'Parked streams of the bridge to {subject}: {value}',
    decimals: 0,
    prometheus: { expr: 'max by (name) (agora_dead_letters{kind="bridge"})', subject: 'name' },
  },
  {
    name: 'group-parked',
    severity: 'warning',
    limit: { above: 0 },
    for: 0,
    quiet: minute,
    unmeasured: 'good',
    summary: 'Parked messages of the consumer group {subject}: {value}',
    decimals: 0,
    prometheus: {
      expr: 'label_join(max by (stream, group) (agora_consumer_group_parked_messages), "subject", "::", "stream", "group")',
      subject: 'subject',
    },
  },
  {
    name: 'saga-stuck',
    severity: 'critical',
    limit: { above: 0 },
    for: 0,
    quiet: minute,
    unmeasured: 'good',
    summary: 'Parked runs of the saga {subject}: {value}',
    decimals: 0,
    prometheus: { expr: 'max by (name) (agora_dead_letters{kind="saga"})', subject: 'name' },
  },
  {
    name: 'audit-differences',
    severity: 'critical',
    limit: { above: 0 },
    for: 0,
    quiet: minute,
    unmeasured: 'good',
    summary: 'Documents of the read model {subject} that differ from the log: {value}',
    decimals: 0,
    prometheus: { expr: 'max by (projection) (agora_audit_differences)', subject: 'projection' },
  },
  {
    name: 'job-failing',
    severity: 'warning',
    limit: { above: 0 },
    for: 0,
    quiet: minute,
    unmeasured: 'good',
    summary: 'Parked jobs of the queue {subject}: {value}',
    decimals: 0,
    prometheus: { expr: 'max by (queue) (agora_jobs{state="parked"})', subject: 'queue' },
  },
  {
    name: 'error-rate',
    severity: 'critical',
    limit: { above: 0.05 },
    for: minute,
    quiet: 2 * minute,
    unmeasured: 'unknown',
    summary: 'The share of requests that are answered with a 5xx is {value}',
    decimals: 3,
    prometheus: {
      expr: `(${answers('rate', ',status=~"5.."')} / ${answers('rate')} and ${answers('increase')} >= 20)`,
    },
  },
  {
    name: 'slow-answers',
    severity: 'warning',
    limit: { above: 2 },
    for: 2 * minute,
    quiet: 2 * minute,
    unmeasured: 'unknown',
    summary: 'One of a hundred requests takes {value} s or more',
    decimals: 1,
    prometheus: {
      expr: `(histogram_quantile(0.99, sum by (le) (rate(agora_http_request_seconds_bucket{${ofClients}}[5m]))) and ${answers('increase')} >= 100)`,
    },
  },
  {
    name: 'breaker-open',
    severity: 'warning',
    limit: { above: 0 },
    for: 30 * second,
    quiet: minute,
    unmeasured: 'unknown',
    summary: 'The instance {subject} gets no requests, as its circuit breaker is open',
    decimals: 0,
    // Prometheus renames the label, as its own `instance` is the process that it scraped.
    prometheus: {
      expr: 'max by (exported_instance) (agora_gateway_circuit_open)',
      subject: 'exported_instance',
    },
  },
  {
    name: 'client-away',
    severity: 'critical',
    limit: { above: 0 },
    for: minute,
    quiet: 2 * minute,
    unmeasured: 'unknown',
    summary: 'Calls to {subject} are rejected, as it does not answer',
    decimals: 0,
    // Stores are checked, and have an alert of their own.
    prometheus: {
      expr: 'max by (client) (agora_client_circuit_open{client!~"mongodb|elasticsearch|redis|s3|cloudinary"})',
      subject: 'client',
    },
  },
  {
    name: 'store-away',
    severity: 'critical',
    limit: { above: 0 },
    for: 30 * second,
    quiet: minute,
    unmeasured: 'unknown',
    summary: 'The store {subject} does not answer',
    decimals: 0,
    prometheus: { expr: '1 - min by (store) (agora_store_up)', subject: 'store' },
  },
  {
    name: 'disk-full',
    severity: 'critical',
    limit: { above: 0.9 },
    for: minute,
    quiet: 5 * minute,
    unmeasured: 'unknown',
    summary: 'The used share of the disk of {subject} is {value}',
    decimals: 2,
    prometheus: { expr: 'max by (host) (agora_disk_used_ratio)', subject: 'host' },
  },
  {
    name: 'clock-skew',
    severity: 'warning',
    limit: { above: 5 },
    for: minute,
    quiet: 2 * minute,
    unmeasured: 'unknown',
    summary: 'The clock of {subject} differs from that of the store by {value} s',
    decimals: 1,
    prometheus: { expr: 'max by (host) (agora_clock_skew_seconds)', subject: 'host' },
  },
  {
    name: 'certificate-ends',
    severity: 'warning',
    limit: { below: (14 * day) / second },
    for: 0,
    quiet: minute,
    unmeasured: 'unknown',
    summary: 'The certificate of {subject} is valid for another {value} s',
    decimals: 0,
    prometheus: {
      expr: 'min by (certificate) (agora_certificate_remaining_seconds)',
      subject: 'certificate',
    },
  },
  {
    name: 'log-lines-dropped',
    severity: 'warning',
    limit: { above: 0 },
    for: 0,
    quiet: 5 * minute,
    unmeasured: 'unknown',
    summary: 'Dropped log lines of {subject}: {value}',
    decimals: 0,
    prometheus: {
      expr: 'sum by (instance) (increase(agora_log_lines_total{outcome="dropped"}[5m]))',
      subject: 'instance',
    },
  },
  {
    name: 'webhook-failing',
    severity: 'warning',
    limit: { above: 0 },
    for: 0,
    quiet: minute,
    unmeasured: 'good',
    summary:
      'Deliveries of the webhook {subject} that were given up since its last success: {value}',
    decimals: 0,
    prometheus: { expr: 'max by (webhook) (agora_webhook_given_up)', subject: 'webhook' },
  },
] as const satisfies readonly Rule[]

/** Name of a rule. */
export type RuleName = (typeof rules)[number]['name']

/** Whether a value is beyond the limit of a rule. */
export const isBad = ({ limit }: Pick<Rule, 'limit'>, value: number): boolean =>
  'above' in limit ? value > limit.above : value < limit.below

/** The limit of a rule, as a number. */
export const limitOf = ({ limit }: Pick<Rule, 'limit'>): number =>
  'above' in limit ? limit.above : limit.below

/** The sentence about a subject and its value. */
export const summaryOf = (
  { summary, decimals }: Pick<Rule, 'summary' | 'decimals'>,
  subject: string,
  value: number,
): string =>
  summary
    .replace('{subject}', () => subject)
    .replace('{value}', () => String(Number(value.toFixed(decimals))))
