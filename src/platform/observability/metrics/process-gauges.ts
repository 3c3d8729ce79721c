import { Gauge, type Registry } from '@prometheus-io/client'
import { hostOf, type Report } from '../reports/port.ts'

type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number }

const byName = (label: string, values: Readonly<Record<string, number | boolean>>) =>
  Object.entries(values).map(([name, value]): Sample => ({
    labels: { [label]: name },
    value: Number(value),
  }))

/** What a process measures of itself, as gauges: the label, and the samples of a report. */
const gauges: readonly {
  readonly name: string
  readonly help: string
  readonly label: string
  readonly samples: (report: Report) => readonly Sample[]
}[] = [
  {
    name: 'agora_store_up',
    help: 'Whether a store answers this process',
    label: 'store',
    samples: ({ stores }) => byName('store', stores),
  },
  {
    name: 'agora_disk_used_ratio',
    help: 'Used share of the disk with the data of this process',
    label: 'host',
    samples: ({ process, diskUsed }) =>
      diskUsed === undefined ? [] : [{ labels: { host: hostOf(process) }, value: diskUsed }],
  },
  {
    name: 'agora_clock_skew_seconds',
    help: 'Difference between the clock of the machine and that of the store',
    label: 'host',
    samples: ({ process, clockSkew }) => [{ labels: { host: hostOf(process) }, value: clockSkew }],
  },
  {
    name: 'agora_certificate_remaining_seconds',
    help: 'Time for which a certificate in use is still valid',
    label: 'certificate',
    samples: ({ certificates }) => byName('certificate', certificates),
  },
]

/**
 * Adds gauges of what this process measures of itself.
 * @param latest returns a recent report
 */
export const addProcessGauges = (
  registers: readonly Registry[],
  latest: () => Promise<Report>,
): void => {
  let reading: Promise<Report | undefined> | undefined
  /** One measurement for all gauges, which are collected concurrently. */
  const read = () =>
    (reading ??= latest()
      .catch(() => undefined)
      .finally(() => (reading = undefined)))
  for (const { name, help, label, samples } of gauges) {
    const gauge: Gauge<string> = new Gauge<string>({
      name,
      help,
      labelNames: [label],
      registers: [...registers],
      collect: async () => {
        const report = await read()
        gauge.reset()
        if (report) for (const { labels, value } of samples(report)) gauge.set(labels, value)
      },
    })
  }
}
