import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseAst } from 'rolldown/parseAst'

/** A node of a syntax tree (ESTree). */
type Node = {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

type File = { readonly path: string; readonly text: string; readonly nodes: readonly Node[] }

/** An expression, and the file it stands in. */
type Expression = { readonly file: File; readonly node: Node }

/** A sentence that Agora answers with, or an expression that no literal can be found for. */
export type Said = {
  /** Sentence, in which `7` stands for each value that is not known before. */
  readonly text: string
  /** Whether the text is source code, as the sentence is put together elsewhere. */
  readonly isCode: boolean
  /** Whether the sentence is the fault of a field, without its subject. */
  readonly isFault: boolean
  readonly path: string
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value

const nodesIn = (node: Node): Node[] => [
  node,
  ...Object.values(node)
    .flat()
    .filter((one) => isNode(one))
    .flatMap((one) => nodesIn(one)),
]

const nodeOf = (node: Node, key: string): Node | undefined => {
  const value = node[key]
  return isNode(value) ? value : undefined
}

const listOf = (node: Node | undefined, key: string): readonly Node[] => {
  const value = node?.[key]
  return Array.isArray(value) ? value.filter((one) => isNode(one)) : []
}

const nameOf = (node: Node | undefined): string | undefined =>
  node?.type === 'Identifier' && typeof node['name'] === 'string' ? node['name'] : undefined

const declares = ({ nodes }: File, name: string): boolean =>
  nodes.some((node) => node.type === 'VariableDeclarator' && nameOf(nodeOf(node, 'id')) === name)

/** Returns the arguments at a place in all calls of a function: in its file, and in those that import it. */
const argumentsOf = (
  files: readonly File[],
  { path }: File,
  called: string,
  at: number,
): readonly Expression[] =>
  files
    .filter((file) => file.path === path || !declares(file, called))
    .flatMap((file) =>
      file.nodes.flatMap((call) => {
        if (call.type !== 'CallExpression' || nameOf(nodeOf(call, 'callee')) !== called) return []
        const node = listOf(call, 'arguments')[at]
        return node ? [{ file, node }] : []
      }),
    )

/** Returns what an identifier may be: the arguments for a parameter of a function around it, or the value of a constant. */
const valuesOf = (files: readonly File[], { file, node }: Expression): readonly Expression[] => {
  const name = nameOf(node)
  const declared = file.nodes.filter((one) => one.type === 'VariableDeclarator')
  const given = declared.flatMap((one) => {
    const made = nodeOf(one, 'init')
    const called = nameOf(nodeOf(one, 'id'))
    if (made?.type !== 'ArrowFunctionExpression' || called === undefined) return []
    if (node.start < made.start || node.end > made.end) return []
    return listOf(made, 'params').flatMap((param, at) => {
      const byDefault = param.type === 'AssignmentPattern' ? nodeOf(param, 'right') : undefined
      if (nameOf(byDefault ? nodeOf(param, 'left') : param) !== name) return []
      return [
        ...(byDefault ? [{ file, node: byDefault }] : []),
        ...argumentsOf(files, file, called, at),
      ]
    })
  })
  if (given.length > 0) return given
  return declared
    .filter((one) => nameOf(nodeOf(one, 'id')) === name)
    .flatMap((one) => {
      const value = nodeOf(one, 'init')
      return value ? [{ file, node: value }] : []
    })
}

type Text = Pick<Said, 'text' | 'isCode'>

const known = (text: string): Text => ({ text, isCode: false })

const textsOf = (files: readonly File[], { file, node }: Expression): readonly Text[] => {
  const unknown = { text: file.text.slice(node.start, node.end), isCode: true }
  const textsIn = (one: Node): readonly Text[] => textsOf(files, { file, node: one })
  switch (node.type) {
    case 'Literal':
      return [known(String(node['value']))]
    case 'TemplateLiteral': {
      const values = listOf(node, 'expressions').map(textsIn)
      return listOf(node, 'quasis')
        .map(({ value }) => (value as { readonly cooked: string }).cooked)
        .reduce<string[]>(
          (texts, part, at) =>
            texts.flatMap((text) =>
              at === 0
                ? [part]
                : values[at - 1]!.map((one) => `${text}${one.isCode ? '7' : one.text}${part}`),
            ),
          [''],
        )
        .map(known)
    }
    case 'ConditionalExpression':
      return ['consequent', 'alternate'].flatMap((key) => textsIn(nodeOf(node, key)!))
    case 'LogicalExpression':
      return ['left', 'right'].flatMap((key) => textsIn(nodeOf(node, key)!))
    case 'MemberExpression': {
      // One of the values of a table.
      const table = nodeOf(node, 'object')
      const values =
        table?.type === 'Identifier' && node['computed'] === true
          ? valuesOf(files, { file, node: table }).flatMap((one) =>
              listOf(one.node, 'properties').flatMap((property) => nodeOf(property, 'value') ?? []),
            )
          : []
      return values.length === 0 ? [unknown] : values.flatMap(textsIn)
    }
    case 'Identifier': {
      const values = valuesOf(files, { file, node })
      return values.length === 0 ? [unknown] : values.flatMap((one) => textsOf(files, one))
    }
    default:
      return [unknown]
  }
}

/** Statuses whose problems pages explain themselves. */
const explained = /^(429|5\d\d)$/

type Found = { readonly node: Node | undefined; readonly isFault: boolean }

/** Returns the expressions of sentences in a call, or in an object that has them. */
const sentencesIn = (file: File, node: Node): readonly Found[] => {
  const [first, second, third] = listOf(node, 'arguments')
  const callee = nameOf(nodeOf(node, 'callee'))
  if (node.type === 'NewExpression' && callee === 'Problem') {
    const status = file.text.slice(first!.start, first!.end)
    return explained.test(status) ? [] : [{ node: third, isFault: false }]
  }
  if (node.type === 'NewExpression' && callee === 'BadEnd') return [{ node: second, isFault: true }]
  if (node.type === 'CallExpression' && callee === 'invalid')
    return [{ node: second, isFault: true }]
  if (node.type === 'CallExpression' && callee === 'forbidden')
    return [{ node: first, isFault: false }]
  if (node.type === 'CallExpression' && callee === 'refusal')
    return [{ node: second, isFault: false }]
  if (node.type === 'ArrayExpression') {
    // A status with its sentence.
    const elements = listOf(node, 'elements')
    const isPair = elements.length === 2 && typeof elements[0]?.['value'] === 'number'
    return isPair && typeof elements[1]?.['value'] === 'string'
      ? [{ node: elements[1], isFault: false }]
      : []
  }
  if (node.type !== 'ObjectExpression') return []
  const property = (name: string): Node | undefined => {
    const found = listOf(node, 'properties').find((one) => nameOf(nodeOf(one, 'key')) === name)
    return found && nodeOf(found, 'value')
  }
  if (property('field')) return [{ node: property('message'), isFault: true }]
  return property('code') ? [{ node: property('detail'), isFault: false }] : []
}

const fileAt = (folder: string, path: string): File => {
  const text = readFileSync(join(folder, path), 'utf8')
  return { path, text, nodes: nodesIn(parseAst(text, { lang: 'ts' }) as unknown as Node) }
}

const source = resolve(import.meta.dirname, '../../src')

const filesOf = (patterns: readonly string[]): readonly File[] =>
  globSync(patterns, { cwd: source })
    .filter((path) => !path.endsWith('.test.ts'))
    .toSorted()
    .map((path) => fileAt(source, path))

/** What the source says, as it is written there. */
export type SaidBySource = {
  /** Sentences of all answers that are not successes: of problems, of their fields, and of the refusals of sockets. */
  readonly sentences: readonly Said[]
  /** The things that `notFound` is called for: what, and the field if any. */
  readonly notFound: readonly (readonly [what: string, field: string | undefined])[]
}

/** Finds what the source says. @param patterns of files below `src` */
export const saidBySource = (patterns: readonly string[]): SaidBySource => {
  const files = filesOf(patterns)
  const sentences = files.flatMap((file) =>
    file.nodes.flatMap((node) =>
      sentencesIn(file, node).flatMap(({ node: sentence, isFault }) =>
        sentence === undefined
          ? []
          : textsOf(files, { file, node: sentence }).map((text) => ({
              ...text,
              isFault,
              path: file.path,
            })),
      ),
    ),
  )
  const isNotFound = (node: Node): boolean =>
    node.type === 'CallExpression' && nameOf(nodeOf(node, 'callee')) === 'notFound'
  const notFound = files.flatMap((file) =>
    file.nodes.filter(isNotFound).flatMap((node) => {
      const [what, field] = listOf(node, 'arguments')
      const fields = field ? textsOf(files, { file, node: field }) : [undefined]
      return textsOf(files, { file, node: what! }).flatMap(({ text }) =>
        fields.map((one) => [text, one?.text] as const),
      )
    }),
  )
  return { sentences, notFound }
}
