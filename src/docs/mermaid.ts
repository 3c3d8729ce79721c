/** A box of a diagram. */
export type Box = {
  /** Letters, digits and underscores; unique in the diagram. */
  readonly id: string
  readonly label: string
  readonly shape: 'box' | 'process' | 'store'
}

/** An arrow between two boxes. */
export type Arrow = {
  readonly from: string
  readonly to: string
  /** Lines of its label. */
  readonly lines?: readonly string[]
  /** Default: a thin line. */
  readonly style?: 'thin' | 'thick' | 'dotted'
}

/** Boxes with a frame around them. */
export type Group = { readonly id: string; readonly title: string; readonly boxes: readonly Box[] }

/** A label in quotes, its characters escaped (Mermaid documentation, "Entity codes to escape characters"). */
const quoted = (text: string): string =>
  `"${text.replaceAll('#', '#35;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;')}"`

const drawn = ({ id, label, shape }: Box): string => {
  const text = quoted(label)
  if (shape === 'process') return `${id}{{${text}}}`
  return shape === 'store' ? `${id}[(${text})]` : `${id}[${text}]`
}

const lines = { thin: '-->', thick: '==>', dotted: '-.->' } as const

const arrow = ({ from, to, lines: labels = [], style = 'thin' }: Arrow): string => {
  const label = labels.map((line) => quoted(line).slice(1, -1)).join('<br/>')
  return `${from} ${lines[style]}${label === '' ? '' : `|"${label}"|`} ${to}`
}

/** Id in a diagram. @param parts texts of any characters, which are joined */
export const boxId = (...parts: readonly string[]): string =>
  parts.map((part) => part.replaceAll(/[^A-Za-z0-9]/g, '_')).join('__')

/** A flowchart from left to right, as a block of Markdown that GitHub renders. */
export const flowchart = ({
  groups,
  arrows,
}: {
  readonly groups: readonly Group[]
  readonly arrows: readonly Arrow[]
}): string =>
  [
    '```mermaid',
    'flowchart LR',
    ...groups.flatMap(({ id, title, boxes }) => [
      `  subgraph ${id}[${quoted(title)}]`,
      ...boxes.map((box) => `    ${drawn(box)}`),
      '  end',
    ]),
    ...arrows.map((one) => `  ${arrow(one)}`),
    '```',
  ].join('\n')
