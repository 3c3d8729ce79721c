import { expect, test } from 'vitest'
import { table } from './table.ts'

test('numbers are right-aligned, text is left-aligned, and lines have no trailing blanks', () => {
  const columns = [
    { title: 'name' },
    { title: 'events', align: 'right' },
    { title: 'note' },
  ] as const
  expect(
    table(columns, [
      ['orders', '12', ''],
      ['payments of all', '1,234,567', 'late'],
    ]),
  ).toEqual([
    'NAME                EVENTS  NOTE',
    'orders                  12',
    'payments of all  1,234,567  late',
  ])
})

test('colours do not count for the width', () => {
  const red = '\u001b[31mparked\u001b[39m'
  expect(
    table(
      [{ title: 'state' }, { title: 'id' }],
      [
        [red, 'a'],
        ['running', 'b'],
      ],
    ),
  ).toEqual(['STATE    ID', `${red}   a`, 'running  b'])
})
