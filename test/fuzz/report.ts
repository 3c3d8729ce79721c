import type { Finding } from './support/findings.ts'
import type { Memory } from './support/memory.ts'
import type { Result } from './run.ts'

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`

const memoryLine = ({ heap, external, rss }: Memory): string =>
  `heap ${megabytes(heap)}, external ${megabytes(external)}, resident ${megabytes(rss)}`

const findingText = ({ part, where, what, detail, reproduction }: Finding, at: number): string =>
  [`${at + 1}. ${part}: ${where}: ${what}`, detail, reproduction].join('\n   ')

/** Text of the result of a run. */
export const reportOf = ({ findings, sent, notes, memory }: Result): string =>
  [
    ...notes,
    ...findings.map(findingText),
    `Sent: ${Object.entries(sent)
      .map(([part, number]) => `${part} ${number}`)
      .join(', ')}`,
    ...memory.map(
      (one, at) => `Memory ${at === 0 ? 'before' : `after part ${at}`}: ${memoryLine(one)}`,
    ),
    findings.length === 0 ? 'No findings.' : `${findings.length} findings.`,
  ].join('\n')
