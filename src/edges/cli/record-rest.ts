import { Unavailable } from '../../platform/unavailable.ts'
import { inWords, type Comparison, type Difference } from './compare-logs.ts'
import type { CopyOptions } from './copy-options.ts'
import { Failed } from './failure.ts'
import { eventMoves, textMoves, type Moves } from './moves.ts'

/** What is said of a copy that is not what was recorded. */
export const readBackOtherwise = (
  names: { readonly from: string; readonly to: string },
  difference: Difference,
): Failed =>
  new Failed(
    `They differ, as read back after copying. ${inWords(difference, names)} Does somebody else record in ${names.to}?`,
  )

type Rest = {
  /** The position of the last event wanted. */
  readonly last: bigint
  /** Called with the lines of events that were read back, in order. */
  readonly same: (lines: string) => void
}

/**
 * Records what the target does not have yet, page by page; each is read back while the next one is recorded.
 * @param there up to where both are the same
 * @returns up to where both are the same then
 * @throws Failed when the target does not take events, or gives them back otherwise
 */
export const recordRest = (
  options: CopyOptions,
  there: Comparison,
  rest: Rest,
): Promise<Comparison> => {
  const { from, to, signal } = options
  return from.texts && to.texts
    ? recordBy(textMoves(from.texts, { ...to, texts: to.texts }, signal), options, there, rest)
    : recordBy(eventMoves(from, to, signal), options, there, rest)
}

const recordBy = async <Page>(
  moves: Moves<Page>,
  options: CopyOptions,
  there: Comparison,
  { last, same }: Rest,
): Promise<Comparison> => {
  const { from, to, show } = options
  const names = { from: from.named, to: to.named }
  const total = Number(last - there.from)
  let recorded = 0
  let at = there.to
  let readBack = Promise.resolve(there)
  const readBackOf = async (page: Page, end: bigint, before: Comparison): Promise<Comparison> => {
    const found = await moves.readBack(page, { after: before.to, last: end }, same)
    if (found.difference) throw readBackOtherwise(names, found.difference)
    return { ...found, events: before.events + found.events, difference: undefined }
  }

  show('copying', { done: 0, total, events: 0 })
  for await (const page of moves.pagesOf({ after: there.from, last })) {
    const extent = moves.extentOf(page)
    const recording = moves.record(page, at)
    const [now, before] = await Promise.all([takenBy(recording, options, extent.first), readBack])
    at = now
    readBack = readBackOf(page, now, before)
    // It is awaited with the next page, if there is one.
    readBack.catch(() => undefined)
    recorded += extent.events
    show('copying', { done: Number(extent.last - there.from), total, events: recorded })
  }
  const end = await readBack
  await to.settle?.()
  show('verifying', { done: total, total, events: recorded })
  return end
}

/** The position of the target's last event once a page is recorded. @param first the position of its first event */
const takenBy = async (
  recording: Promise<bigint | undefined>,
  { from, to }: CopyOptions,
  first: bigint,
): Promise<bigint> => {
  const now = await recording.catch((error: unknown) => {
    if (!(error instanceof Error) || error instanceof Unavailable) throw error
    throw new Failed(
      `${to.named} does not take the events from position ${first} of ${from.named} on: ${error.message}.`,
      { cause: error },
    )
  })
  if (now === undefined)
    throw new Failed(
      `The events from position ${first} of ${from.named} on do not follow what is in ${to.named}: somebody else records there, or a stream in ${from.named} has lost its beginning.`,
    )
  return now
}
