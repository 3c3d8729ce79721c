import { expect, test, vi } from 'vitest'
import { Problem } from '../../serving/problem.ts'
import { logProblem } from './errors.ts'

const about = { correlationId: '1', method: 'GET', route: '/health/ready' }
const logged = (problem: Problem) => {
  const logger = { warn: vi.fn<(line: object) => void>(), error: vi.fn<(line: object) => void>() }
  logProblem(logger, problem, about)
  return { warned: logger.warn.mock.calls[0]?.[0], failed: logger.error.mock.calls[0]?.[0] }
}

test('what is not ready is logged by its reason, an error by its stack', () => {
  const notReady = new Problem(503, 'not_ready', 'Not ready: projections.')
  expect(logged(notReady)).toEqual({
    warned: { reason: 'Not ready: projections.', ...about, status: 503 },
    failed: undefined,
  })
  const failed = new Problem(500, 'internal_error', 'Something failed.')
  expect(logged(failed)).toEqual({
    warned: undefined,
    failed: { err: failed, ...about, status: 500 },
  })
  expect(logged(new Problem(404, 'not_found', 'There is none.'))).toEqual({})
})
