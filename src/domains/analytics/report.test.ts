import { describe, test } from 'vitest'
import { given, newId } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { report } from './report.ts'

const requestedBy = newId(UserId)
const asked = { kind: 'sales', format: 'csv', timeZone: 'Europe/Berlin', requestedBy } as const
const span = { from: '2030-01-01T00:00:00.000Z', to: '2030-02-01T00:00:00.000Z' }
const request = (data: object) => ({
  type: 'RequestReport' as const,
  data: { ...asked, ...data },
})
const requested = (times: typeof span) => ({
  type: 'ReportRequested' as const,
  data: { ...asked, ...times },
})
const file = { size: 10, checksum: 'a'.repeat(64), position: '7' }
const complete = { type: 'CompleteReport' as const, data: file }
const completed = {
  type: 'ReportCompleted' as const,
  data: { requestedBy, kind: 'sales' as const, ...file },
}
const fail = { type: 'FailReport' as const, data: { reason: 'No' } }
const failed = {
  type: 'ReportFailed' as const,
  data: { requestedBy, kind: 'sales' as const, reason: 'No' },
}

describe('a report', () => {
  test('is requested once, of a range', () => {
    given(report).when(request(span)).yields(requested(span))
    given(report, requested(span)).when(request(span)).yields()
  })

  test.each([
    ['day', '2030-03-30T23:00:00.000Z', '2030-03-31T22:00:00.000Z'],
    ['week', '2030-03-24T23:00:00.000Z', '2030-03-31T22:00:00.000Z'],
    ['month', '2030-02-28T23:00:00.000Z', '2030-03-31T22:00:00.000Z'],
  ])('is of the last whole %s of its time zone', (period, from, to) =>
    given(report)
      .when(request({ period }), { now: '2030-04-01T10:00:00.000Z', by: 'jobs' })
      .yields(requested({ from, to })),
  )

  test('needs a range in the right order, and a time zone that there is', () => {
    given(report).when(request({})).refuses('NoPeriod')
    given(report)
      .when(request({ from: span.from }))
      .refuses('NoPeriod')
    given(report)
      .when(request({ from: span.to, to: span.from }))
      .refuses('WrongOrder')
    given(report)
      .when(request({ ...span, timeZone: 'Mars' }))
      .refuses('UnknownTimeZone')
  })

  test('is completed or fails once', () => {
    given(report, requested(span)).when(complete).yields(completed)
    given(report, requested(span), completed).when(complete).yields()
    given(report, requested(span), completed).when(fail).yields()
    given(report, requested(span)).when(fail).yields(failed)
    given(report).when(complete).refuses('NoSuchReport')
    given(report).when(fail).refuses('NoSuchReport')
  })

  test('is removed once, and not made afterwards', () => {
    const remove = { type: 'RemoveReport' as const, data: {} }
    const removed = {
      type: 'ReportRemoved' as const,
      data: { requestedBy, format: 'csv' as const },
    }
    given(report, requested(span), completed).when(remove).yields(removed)
    given(report, requested(span), removed).when(remove).yields()
    given(report, requested(span), removed).when(complete).yields()
    given(report).when(remove).refuses('NoSuchReport')
  })
})
