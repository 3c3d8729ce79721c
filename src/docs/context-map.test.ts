import { describe, expect, test } from 'vitest'
import { declared } from '../../test/support/declared.ts'
import { contextMap } from './context-map.ts'
import { boxId, flowchart } from './mermaid.ts'

const page = contextMap(declared)
const diagrams = [...page.matchAll(/```mermaid\n([\s\S]*?)\n```/g)].map(([, text = '']) => text)

/** Forms of the lines of a diagram. */
const parts = {
  start: /^flowchart LR$/,
  open: /^ {2}subgraph \w+\["[^"]+"\]$/,
  box: /^ {4}(\w+)(?:\["[^"]+"\]|\{\{"[^"]+"\}\}|\[\("[^"]+"\)\])$/,
  close: /^ {2}end$/,
  arrow: /^ {2}(\w+) (?:-->|==>|-\.->)(?:\|"[^"|]+"\|)? (\w+)$/,
}

const sectionOf = (saga: string): string =>
  page.split(/^(?=##)/m).find((section) => section.startsWith(`### \`${saga}\``)) ?? ''

describe('the context map', () => {
  test('has an overview, and a diagram for each saga', () =>
    expect(diagrams).toHaveLength(1 + declared.sagas.length))

  test('has diagrams of boxes in groups, and arrows between them', () => {
    for (const diagram of diagrams) {
      const lines = diagram.split('\n')
      const unknown = lines.filter((line) => !Object.values(parts).some((part) => part.test(line)))
      expect(unknown).toEqual([])
      expect(lines[0]).toMatch(parts.start)
      const boxes = lines.flatMap((line) => parts.box.exec(line)?.[1] ?? [])
      expect(new Set(boxes).size).toBe(boxes.length)
      const ends = lines.flatMap((line) => parts.arrow.exec(line)?.slice(1) ?? [])
      expect(ends.length).toBeGreaterThan(1)
      expect(ends.filter((end) => !boxes.includes(end))).toEqual([])
      expect(boxes.filter((box) => !ends.includes(box))).toEqual([])
    }
  })

  test('shows all contexts with deciders, all sagas and read models in the overview', () => {
    const { contexts, sagas, projections } = declared
    const deciding = Object.keys(contexts).filter((context) => contexts[context]!.length > 0)
    const names = [...deciding, ...[...sagas, ...projections].map(({ name }) => name)]
    for (const name of names) expect(diagrams[0]).toContain(`"${name}"`)
    expect(diagrams[0]).toContain('context__payments --> saga__fulfilment')
    expect(diagrams[0]).toContain('saga__stocking ==> context__inventory')
    expect(diagrams[0]).toContain('context__payments -.-> model__orders')
    expect(diagrams[0]).toContain('saga__stocking -.-> model__sagas')
  })

  test('shows of each saga the events it reads and the commands it sends', () => {
    for (const { name, reads, to } of declared.sagas)
      for (const type of [...reads, ...to.flatMap(({ commands }) => Object.keys(commands))])
        expect(sectionOf(name)).toMatch(new RegExp(`["/>]${type}["<]`))
  })

  test('shows of each saga the refusals that it compensates', () => {
    expect(sectionOf('fulfilment')).toContain(
      'to__inventory -.->|"ReserveStock refused"| saga__fulfilment',
    )
    expect(sectionOf('stocking')).not.toContain('-.->')
  })

  test('lists every read model, job, type of scheduled jobs and message of a socket', () => {
    for (const { name } of [
      ...declared.projections,
      ...declared.jobs,
      ...(declared.workflows ?? []),
    ])
      expect(page).toContain(`\n| \`${name}\` |`)
    for (const [namespace, { server }] of Object.entries(declared.sockets))
      for (const name of Object.keys(server))
        expect(page).toContain(`\n| \`${namespace}\` | \`${name}\` |`)
  })
})

test('labels may hold any character, ids are made of any', () => {
  const id = boxId('a-b', 'end')
  const drawn = flowchart({
    groups: [{ id: 'all', title: 'All', boxes: [{ id, label: 'say "<#1>"', shape: 'box' }] }],
    arrows: [{ from: id, to: id, lines: ['a"b', 'c'] }],
  })
  expect(drawn).toContain('a_b__end["say #quot;#lt;#35;1#gt;#quot;"]')
  expect(drawn).toContain('a_b__end -->|"a#quot;b<br/>c"| a_b__end')
})
