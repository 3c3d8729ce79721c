import { spoken, type Measure } from './measure.ts'
import type { Measured, Result } from './result.ts'

const intro = `# Performance

What Agora does in a second, and what an operation costs, measured by \`npm run bench\` and written by \`npm run bench:page\`. Agora, PostgreSQL and the
load generator share the cores of one machine. Rates depend on the machine; hold on to the ratios: each is of a figure to a reference
that was measured in the same run, of several rounds the median of the ratios within a round. Virtual machines of one kind differ by a factor of two from
hour to hour: what one gave before a part is noted at the part, as the latency of a random read of memory and as small objects written as JSON and parsed by one core. The goals were
set where these were 90 ns and 1,430/ms; slower memory costs a command more than the bare route or statement that it is compared with, so that goals of such ratios are missed there. The costs are CPU time of one operation: of the
process that serves it, or that executes the commands, and of PostgreSQL.`

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`)

const micros = (figure: number | undefined): string =>
  typeof figure === 'number' && Number.isFinite(figure) ? spoken(figure, 'µs') : ''

const row = ({ what, figure, unit, reference, ratio, cost, goal }: Measure): string =>
  [
    what,
    spoken(figure, unit).trim(),
    reference ? `${spoken(reference.figure, unit)}, ${reference.what}` : '',
    ratio === undefined ? '' : ratio.toFixed(2),
    micros(cost?.server),
    micros(cost?.postgres),
    goal ? `${goal.text.trim()}: ${goal.met ? 'met' : '**missed**'}` : '',
  ]
    .map(cell)
    .join(' | ')

const headingOf = ({ title }: Measured, { log }: Result): string =>
  `## ${title}${log === 'postgres' ? '' : `, log in ${log}`}`

const sectionOf = (part: Measured, result: Result): string => {
  const { others, speed, measures } = part
  return [
    headingOf(part, result),
    '',
    `${result.at.slice(0, 10)}; other programs took ${others} of a core; memory ${speed.memoryNs} ns, JSON ${spoken(speed.jsonPerMs, '/ms')}.`,
    '',
    '| What | Figure | Reference | Ratio | Server | PostgreSQL | Goal |',
    '| --- | ---: | ---: | ---: | ---: | ---: | --- |',
    ...measures.map((measure) => `| ${row(measure)} |`),
  ].join('\n')
}

/** The sections of a page by their headings. */
const sectionsOf = (page: string): ReadonlyMap<string, string> =>
  new Map(
    page
      .split(/^(?=## )/m)
      .slice(1)
      .map((text) => [text.slice(0, text.indexOf('\n')), text.trimEnd()]),
  )

/** The machines of the figures on a page, one on a line. */
const machinesOf = (page: string): readonly string[] => page.match(/^Machine: .*$/gm) ?? []

/**
 * Writes the page of the figures. Sections of parts that the results do not have remain as they are.
 * @param results in the order of their times: of a part that several have, the last one counts
 * @param former the page as it is; default: none
 * @param titles titles of all parts: sections of others are left out; default: none are
 * @returns Markdown
 * @throws Error when a run was a quick one, whose figures are not to be relied on
 */
export const performancePage = (
  results: readonly Result[],
  former = '',
  titles?: readonly string[],
): string => {
  const isOfPart = (heading: string) =>
    titles?.some(
      (title) => heading === `## ${title}` || heading.startsWith(`## ${title}, log in `),
    ) ?? true
  const sections = new Map([...sectionsOf(former)].filter(([heading]) => isOfPart(heading)))
  const machines = new Set(machinesOf(former))
  for (const result of results) {
    if (result.quick) throw new Error(`The run of ${result.at} was a quick one`)
    machines.add(`Machine: ${Object.values(result.machine).join(', ')}.`)
    for (const part of result.parts) sections.set(headingOf(part, result), sectionOf(part, result))
  }
  const shown = [...sections.values()].join('\n\n')
  const met = shown.match(/: met \|$/gm)?.length ?? 0
  const missed = shown.match(/: \*\*missed\*\* \|$/gm)?.length ?? 0
  return [
    intro,
    '',
    ...machines,
    '',
    `${met} of ${met + missed} goals are met.`,
    '',
    shown,
    '',
  ].join('\n')
}
