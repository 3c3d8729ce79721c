import { parts, type PartName } from './parts.ts'
import { findings as noFindings, type Finding } from './support/findings.ts'
import type { Memory } from './support/memory.ts'
import { seed as sow } from './support/seeds.ts'
import { openStage } from './support/stage.ts'
import type { Served } from './support/target.ts'

/** Result of a run. */
export type Result = {
  readonly findings: readonly Finding[]
  /** Requests, messages and calls by part. */
  readonly sent: Readonly<Record<string, number>>
  readonly notes: readonly string[]
  /** Memory before the parts, and after each. */
  readonly memory: readonly Memory[]
}

/**
 * Runs parts of the fuzz against a server.
 * @param options.requests number of requests of HTTP
 * @param options.progress called with a line at each step
 */
export const run = async (
  served: Served,
  {
    names,
    seed,
    requests,
    progress,
  }: {
    readonly names: readonly PartName[]
    readonly seed: number
    readonly requests: number
    readonly progress: (line: string) => void
  },
): Promise<Result> => {
  using stage = await openStage(served.url, served.admin)
  const notes: string[] = []
  for (const failure of await sow(stage)) notes.push(`seeds: ${failure}`)
  const findings = noFindings()
  const sent: Record<string, number> = {}
  const memory = [await served.memory()]
  for (const name of names) {
    if (served.hasEnded()) break
    const { run: runPart, share } = parts[name]
    const before = served.errors().length
    let number = 0
    progress(`${name} begins`)
    await runPart({
      served,
      stage,
      seed,
      requests: Math.max(1, Math.ceil(requests * share)),
      findings,
      count: () => {
        number += 1
        if (number % 1_000 === 0)
          progress(`${name}: ${number} sent, ${findings.all().length} findings`)
      },
      note: (line) => notes.push(`${name}: ${line}`),
    })
    sent[name] = number
    if (!served.hasEnded()) memory.push(await served.memory())
    for (const line of served.errors().slice(before))
      findings.add({
        part: name,
        where: 'the log',
        what: `an error: ${line.slice(0, 160).replaceAll(/[0-9a-f-]{36}|\d+/g, '…')}`,
        detail: line.slice(0, 2_000),
        reproduction: 'see the time of the line',
      })
  }
  return { findings: findings.all(), sent, notes, memory }
}
