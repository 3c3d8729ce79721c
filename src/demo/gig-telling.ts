import { styleText } from 'node:util'
import type { GigStory } from './gig-plot.ts'
import { lineOf } from './telling.ts'

/** Prints the order of a gig as a timeline; times are relative to the sending of the order. */
export const tellGig = ({ steps, order, reviews }: GigStory, nth: number): readonly string[] => {
  const started = steps[0]?.sentAt ?? 0
  const since = (at: number) => Math.max(0, at - started)
  const ratings = reviews
    .map(({ rating }) => rating)
    .toSorted((a, b) => b - a)
    .map((rating) => `${rating} of 5`)
  return [
    styleText('bold', `${nth}. A gig, with a revision: 1 × A logo, card tok_ok`),
    ...steps.flatMap(({ party, request, status, events, sentAt }) => [
      lineOf(since(sentAt), party, `${request} → ${status}`),
      ...events.map(({ stream, type, at }) =>
        lineOf(since(Date.parse(at)), stream.slice(0, stream.indexOf('-')), type),
      ),
    ]),
    lineOf(
      since(steps.at(-1)?.sentAt ?? started),
      'reviews',
      `shown once both sides have written: ${ratings.join(' and ')}`,
    ),
    styleText(
      'green',
      `${'✓'.padStart(9)}  ${order.status} · payment ${order.payment?.status ?? 'none'}`,
    ),
  ]
}
