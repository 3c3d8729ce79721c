import { expect, test } from 'vitest'
import type { RecordedStep } from '#kernel'
import { matchSteps } from './match-steps.ts'

const step = (id: string, type: string, more: Partial<RecordedStep> = {}): RecordedStep => ({
  id,
  to: 'lamp',
  target: 'one',
  type,
  data: {},
  wait: 0,
  ...more,
})

test('the same command is found before one of its type, and lends its id', () => {
  const recorded = [step('r1', 'Turn', { data: { n: 1 } }), step('r2', 'Turn', { data: { n: 2 } })]
  const { steps, notSent } = matchSteps(
    [step('a', 'Turn', { data: { n: 3 } }), step('b', 'Turn', { data: { n: 1 } })],
    recorded,
  )
  expect(steps.map(({ step: { id, data }, isSame }) => [id, data, isSame])).toEqual([
    ['r2', { n: 3 }, false],
    ['r1', { n: 1 }, true],
  ])
  expect(notSent).toEqual([])
})

test('what has no counterpart keeps its id, and what was recorded is left', () => {
  const recorded = [
    step('r1', 'Turn'),
    step('r2', 'Dim', { wait: 5 }),
    step('r3', 'Turn', { target: 'two' }),
  ]
  const { steps, notSent } = matchSteps([step('a', 'Dim'), step('b', 'Turn')], recorded)
  expect(steps.map(({ step: { id }, recorded: found }) => [id, found?.id])).toEqual([
    ['a', undefined],
    ['r1', 'r1'],
  ])
  expect(notSent.map(({ id }) => id)).toEqual(['r2', 'r3'])
})
