import { expect, test } from 'vitest'
import type { PolicyReport } from '../../runtime/what-if/report.ts'
import { rulesPage } from './rules-page.ts'
import { rulesSummary } from './rules-summary.ts'

const nothing: PolicyReport = {
  deciders: ['order'],
  sagas: [],
  range: { from: '1', to: '9' },
  events: 9,
  commands: { decided: 3, same: 3, ambiguous: 0, unknown: [], assumed: 0 },
  differences: [],
  runs: [],
  ends: [],
  money: [],
  stock: [],
  pieces: [],
  problems: [],
  problemCount: 0,
  limits: ['Refused commands are not there.'],
}

test('a page without differences says so, and names its limits', () => {
  const page = rulesPage(nothing, 'rules.ts')
  expect(page).toContain('<p>Nothing differs.</p>')
  expect(page).toContain('<li>3 recorded commands decided again, 3 with the same outcome.</li>')
  expect(page).toContain('<li>Refused commands are not there.</li>')
  expect(page).not.toContain('<table>')
})

test('texts of the rules are escaped', () => {
  const page = rulesPage(
    {
      ...nothing,
      differences: [
        {
          to: 'order',
          command: 'PlaceOrder',
          kind: 'refused',
          reason: '<b onload="x">&',
          because: 'rules',
          count: 1_200,
          samples: [],
        },
      ],
      problems: ['<script>'],
      problemCount: 1,
    },
    '<i>.ts',
  )
  expect(page).toContain('<title>What if: &lt;i&gt;.ts</title>')
  expect(page).toContain(
    '<td>refused: &lt;b onload=&quot;x&quot;&gt;&amp;</td><td>changed rules</td><td class="n">1,200</td>',
  )
  expect(page).toContain('<li>&lt;script&gt;</li>')
})

test('what could not be judged is counted in the summary', () => {
  const lines = rulesSummary({
    ...nothing,
    commands: {
      decided: 1,
      same: 0,
      ambiguous: 2,
      unknown: [{ to: 'order', events: 'OrderPlaced', count: 1 }],
      assumed: 4,
    },
    money: [{ name: 'charged', currency: 'JPY', recorded: 5, changed: 12, difference: 7 }],
  })
  expect(lines).toEqual(
    expect.arrayContaining([
      '1 command could not be derived and was taken as recorded.',
      '2 outcomes may be another one: several commands lead to the recorded events.',
      '4 answers assumed.',
      expect.stringMatching(/^charged +5 JPY +12 JPY +\+7 JPY$/),
    ]),
  )
})
