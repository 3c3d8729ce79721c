import { Unavailable } from '../../platform/unavailable.ts'
import { describeDifference, type Comparison, type Difference } from './compare-logs.ts'
import type { CopyOptions } from './copy-options.ts'
import { Failed } from './failure.ts'
import { eventTransfer, textTransfer, type PageTransfer } from './moves.ts'

/** Error for a copy that reads back differently from what was recorded. */
export const readBackMismatch = (
  names: { readonly from: string; readonly to: string },
  difference: Difference,
): Failed =>
  new Failed(
    `The logs differ, as read back after copying. ${describeDifference(difference, names)} Does another process append to ${names.to}?`,
  )

type Rest = {
  /** Position of the last event to copy. */
  readonly last: bigint
  /** Called with the lines of events that were read back, in order. */
  readonly same: (lines: string) => void
}

/**
 * Records the events that the target does not have yet, page by page; each page is read back while the next one is
 * recorded.
 * @param equal up to where both logs are equal
 * @returns up to where both logs are equal afterwards
 * @throws Failed when the target rejects events, or returns them differently
 */
export const recordRest = (
  options: CopyOptions,
  equal: Comparison,
  rest: Rest,
): Promise<Comparison> => {
  const { from, to, signal } = options
  return from.texts && to.texts
    ? recordBy(textTransfer(from.texts, { ...to, texts: to.texts }, signal), options, equal, rest)
    : recordBy(eventTransfer(from, to, signal), options, equal, rest)
}

const recordBy = async <Page>(
  transfer: PageTransfer<Page>,
  options: CopyOptions,
  equal: Comparison,
  { last, same }: Rest,
): Promise<Comparison> => {
  const { from, to, show } = options
  const names = { from: from.label, to: to.label }
  const total = Number(last - equal.from)
  let recorded = 0
  let at = equal.to
  let readBack = Promise.resolve(equal)
  const readBackOf = async (page: Page, end: bigint, before: Comparison): Promise<Comparison> => {
    const found = await transfer.readBack(page, { after: before.to, last: end }, same)
    if (found.difference) throw readBackMismatch(names, found.difference)
    return { ...found, events: before.events + found.events, difference: undefined }
  }

  show('copying', { done: 0, total, events: 0 })
  for await (const page of transfer.pagesOf({ after: equal.from, last })) {
    const extent = transfer.extentOf(page)
    const recording = transfer.record(page, at)
    const [now, before] = await Promise.all([
      recordedEnd(recording, options, extent.first),
      readBack,
    ])
    at = now
    readBack = readBackOf(page, now, before)
    // Awaited with the next page, if there is one.
    readBack.catch(() => undefined)
    recorded += extent.events
    show('copying', { done: Number(extent.last - equal.from), total, events: recorded })
  }
  const end = await readBack
  await to.flush?.()
  show('verifying', { done: total, total, events: recorded })
  return end
}

/** Position of the target's last event once a page is recorded. @param first position of the page's first event */
const recordedEnd = async (
  recording: Promise<bigint | undefined>,
  { from, to }: CopyOptions,
  first: bigint,
): Promise<bigint> => {
  const now = await recording.catch((error: unknown) => {
    if (!(error instanceof Error) || error instanceof Unavailable) throw error
    throw new Failed(
      `${to.label} rejects the events from position ${first} of ${from.label} on: ${error.message}.`,
      { cause: error },
    )
  })
  if (now === undefined)
    throw new Failed(
      `The events from position ${first} of ${from.label} on do not follow the last event of ${to.label}: another process appends there, or a stream in ${from.label} has lost its beginning.`,
    )
  return now
}
