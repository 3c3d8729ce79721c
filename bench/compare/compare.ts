import type { Part } from '../parts.ts'
import type { Arguments } from '../support/arguments.ts'
import type { Setting } from '../support/bench.ts'
import type { Measure } from '../support/measure.ts'
import { runPart } from '../support/run-part.ts'
import { compared, spreads, type Compared } from './compared.ts'
import { checkOut, type Version } from './version.ts'

/** Result of a comparison, as written to the result's file. */
export type Comparison = {
  readonly at: string
  readonly compared: { readonly ref: string; readonly commit: string }
  readonly quick: boolean
  readonly rounds: number
  readonly parts: readonly { readonly part: string; readonly rows: readonly Compared[] }[]
}

/** Measures a part on the other version. */
type MeasureRef = () => Promise<readonly Measure[]>

/**
 * Returns how a part is measured on the other version: by the present bench on its `src`, so that only `src` differs;
 * where that fails, as `src` lacks something that the present bench uses, by the bench of that version.
 */
const refMeasure = (
  part: Part,
  { log, compare: ref }: Arguments,
  { bench, ownBench }: Version,
  setting: Setting,
  signal: AbortSignal,
): MeasureRef => {
  let folder = bench
  return async () => {
    try {
      return await runPart(part, log, setting, signal, folder)
    } catch (error) {
      if (signal.aborted || folder === ownBench) throw error
      console.log(
        `The present bench does not run part ${part.name} on src of ${ref}; the bench of ${ref} is used there`,
      )
      folder = ownBench
      return runPart(part, log, setting, signal, folder)
    }
  }
}

/** Measures a part on both versions in turn, in alternating order. */
const comparePart = async (
  part: Part,
  { log, rounds }: Arguments,
  setting: Setting,
  ofRef: MeasureRef,
  signal: AbortSignal,
): Promise<readonly Compared[]> => {
  const before: (readonly Measure[])[] = []
  const now: (readonly Measure[])[] = []
  for (let round = 0; round < rounds; round += 1) {
    const measureBefore = async () => void before.push(await ofRef())
    const measureNow = async () => void now.push(await runPart(part, log, setting, signal))
    const inTurn = round % 2 === 0 ? [measureBefore, measureNow] : [measureNow, measureBefore]
    for (const measureOne of inTurn) await measureOne()
  }
  return compared(before, now)
}

/**
 * Measures parts on the `src` of a git ref and on the present one, interleaved in rounds, and prints the ratios of the
 * present version to the other with their spread.
 * @throws BadArguments when the ref does not exist; Error when a part does not run on one of the two versions
 */
export const compare = async (
  options: Arguments & { readonly compare: string },
  setting: Setting,
  signal: AbortSignal,
): Promise<Comparison> => {
  await using version = await checkOut(options.compare, setting.folder)
  const { commit } = version
  console.log(
    `Compares ${options.compare} (${commit.slice(0, 10)}) with the present version, ${options.rounds} rounds, the present bench on the src of both`,
  )
  const parts: { readonly part: string; readonly rows: readonly Compared[] }[] = []
  for (const part of options.parts) {
    const ofRef = refMeasure(part, options, version, setting, signal)
    const rows = await comparePart(part, options, setting, ofRef, signal)
    console.log(`\n${part.title}: the present version ÷ ${options.compare}, median (min–max)\n`)
    console.log(spreads(rows))
    parts.push({ part: part.name, rows })
  }
  return {
    at: new Date().toISOString(),
    compared: { ref: options.compare, commit },
    quick: options.quick,
    rounds: options.rounds,
    parts,
  }
}
