import { boxId, flowchart } from './mermaid.ts'
import { isPort, kindOf, roomOf, rooms, wiring, type Import } from './rooms.ts'
import { table } from './table.ts'

/** The room that an import leads to, as the table names it. */
const roomAt = (file: string, target: string): string =>
  isPort(target) && roomOf(file) !== roomOf(target) ? 'ports' : kindOf(roomOf(target))

const groups = {
  pure: ['kernel', 'domains/shared', 'domains/*', 'projections', 'sagas'],
  contexts: ['serving', 'served', 'modules', 'domains', 'operations'],
  machinery: ['ports', 'runtime', 'platform'],
  edges: Object.keys(rooms).filter((room) => room.startsWith('edges/')),
} as const

/**
 * The page about the house: its rooms, what each may import, and what they do import.
 * @param imports of all files that are not for tests
 */
export const architecture = (imports: readonly Import[]): string => {
  const arrows = new Map<string, { readonly from: string; readonly to: string }>()
  const drawn: readonly string[] = Object.values(groups).flat()
  for (const { file, target, isPackage } of imports) {
    const from = isPort(file) ? 'ports' : kindOf(roomOf(file))
    const to = roomAt(file, target)
    if (isPackage || from === to || wiring.includes(from)) continue
    if (!drawn.includes(from) || !drawn.includes(to)) continue
    arrows.set(`${from} ${to}`, { from, to })
  }
  return [
    '# The house',
    '',
    '<!-- Written by `npm run docs`. -->',
    '',
    'What belongs where, and who may import whom. `src/architecture.test.ts` holds every import against this table, and finds',
    'files that import each other. The picture is drawn from the imports; what wires everything',
    `(${wiring.map((one) => `\`${one}\``).join(', ')}) is left out of it.`,
    '',
    flowchart({
      groups: Object.entries(groups).map(([title, boxes]) => ({
        id: boxId(title, 'group'),
        title,
        boxes: boxes.map((room) => ({ id: boxId(room), label: room, shape: 'box' as const })),
      })),
      arrows: [...arrows.values()]
        .toSorted((a, b) => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1))
        .map(({ from, to }) => ({ from: boxId(from), to: boxId(to) })),
    }),
    '',
    table(
      ['Room', 'Where', 'What belongs there', 'May import'],
      Object.entries(rooms).map(([name, { where, about, may }]) => [
        `\`${name}\``,
        where.includes('`') ? where : `\`${where}\``,
        about,
        may.length === 0 ? '–' : may.map((one) => `\`${one}\``).join(', '),
      ]),
    ),
    '',
  ].join('\n')
}
