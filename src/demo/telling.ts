import { styleText } from 'node:util'
import { Check } from 'typebox/value'
import { moneyInWords } from '#kernel'
import { SagaMove, type MaskedEvent } from '../edges/cli/answers.ts'
import { moveOf } from '../edges/cli/sagas.ts'
import { complaintOf, type Story } from './plot.ts'

/** Formats a price: `1999` as `19.99 EUR`. @param amount in minor units */
export const priced = (amount: number): string => moneyInWords({ amount, currency: 'EUR' })

const colours = {
  order: 'cyan',
  inventory: 'yellow',
  gigOrder: 'cyan',
  payment: 'magenta',
  fulfilment: 'blue',
} as const

/** Formats a line of a timeline. @param at in ms @param source what it comes from */
export const lineOf = (at: number, source: string, what: string): string => {
  const coloured =
    source in colours ? styleText(colours[source as keyof typeof colours], source) : source
  return `${`${at} ms`.padStart(9)}  ${coloured}${' '.repeat(Math.max(0, 10 - source.length))}  ${what}`
}

/** Difference of the server's clock in ms: the first event must have been recorded between request and answer. */
const skewOf = ({ events, sentAt, answeredAt }: Story): number => {
  const placedAt = Date.parse(events[0]?.at ?? '')
  if (placedAt < sentAt) return placedAt - sentAt
  return placedAt > answeredAt ? placedAt - answeredAt : 0
}

const eventLine = ({ stream, type, data }: MaskedEvent, at: number): string => {
  const category = stream.slice(0, stream.indexOf('-'))
  const isMove = Check(SagaMove, data)
  return lineOf(at, category, isMove ? `${type}: ${moveOf(data)}` : type)
}

/** Prints a story as a timeline, one line per event; times are relative to the sending of the order. */
export const tell = (story: Story, nth: number): readonly string[] => {
  const {
    plot,
    ware,
    sentAt,
    answeredAt,
    answer,
    events,
    received,
    order,
    notified,
    before,
    after,
  } = story
  const { quantity, token, title } = plot
  const skew = skewOf(story)
  const since = (at: number) => Math.max(0, at - sentAt)
  const steps = received.filter(({ what }) => what === 'order:saga-step').length
  const news = received.flatMap(({ what, text, at }) => {
    if (what === 'order:saga-step') return []
    const texts = {
      'order:status': text,
      'payment:status': `payment ${text}`,
      'notification:new': `“${text}”`,
    }
    return [`${texts[what]} ${since(at)} ms`]
  })
  const complaint = complaintOf(story)
  const end = [
    order.status,
    order.reason && `(${order.reason})`,
    order.payment && `· payment ${order.payment.status}`,
    `· ${ware.name}: ${before.quantity} → ${after.quantity} pieces, ${after.reserved} reserved`,
    complaint && `· but ${complaint}`,
  ]
  return [
    styleText('bold', `${nth}. ${title}: ${quantity} × ${ware.name}, card ${token}`),
    lineOf(0, 'client', `POST /orders → 202 ${answer}, after ${answeredAt - sentAt} ms`),
    ...events
      .filter(({ stream }) => !stream.startsWith('notification-'))
      .map((event) => eventLine(event, since(Date.parse(event.at) - skew))),
    lineOf(
      since(received.at(-1)?.at ?? sentAt),
      'sockets',
      [...news, `${steps} saga steps`].join(' · '),
    ),
    lineOf(
      since(Math.max(...events.map(({ at }) => Date.parse(at))) - skew),
      'notified',
      [
        `“${notified[0]?.subject}”`,
        ...notified.map(({ channel, status }) => `${channel} ${status}`),
      ].join(' · '),
    ),
    styleText(
      complaint ? 'red' : 'green',
      `${(complaint ? '✗' : '✓').padStart(9)}  ${end.filter(Boolean).join(' ')}`,
    ),
  ]
}
