// Writes the skeleton of a context: `npm run new-context -- reviews [--root FOLDER]`. No other file names it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { root: { type: 'string', default: join(import.meta.dirname, '..') } },
})
const [name = '', further] = positionals
const root = resolve(values.root)

const fail = (message) => {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

if (further !== undefined || !/^[a-z]{3,40}s$/.test(name))
  fail('Name one context by a plural in lower case: npm run new-context -- reviews')
const one = name.slice(0, -1)
const One = `${one[0].toUpperCase()}${one.slice(1)}`
const folder = `src/domains/${name}`
if (existsSync(join(root, folder))) fail(`${folder} exists already.`)

const files = {
  [`${folder}/${one}.ts`]: `import { decider, Fields, Id, refuse, saysNo } from '#kernel'
import { Name, Text, UserId } from '../shared/index.ts'

export const ${One}Id = Id('${One}Id')

type State = { readonly status: 'none' } | { readonly status: 'open'; readonly userId: string }

/** TODO: definition of a ${one}. */
export const ${one} = decider({
  name: '${one}',
  id: ${One}Id,

  commands: {
    Open${One}: Fields({ userId: UserId, title: Name(1, 200) }, { description: 'Open a ${one}.' }),
    Rename${One}: Fields({ title: Name(1, 200) }, { description: 'Give a ${one} another title.' }),
  },

  events: {
    ${One}Opened: Fields({ userId: UserId, title: Text(1, 200) }),
    ${One}Renamed: Fields({ title: Text(1, 200) }),
  },

  refusals: { NoSuch${One}: saysNo.notFound('There is no such ${one}.') },
}).rules<State>({
  initialState: { status: 'none' },

  decide: {
    Open${One}: (data, { status }) => (status === 'none' ? [{ type: '${One}Opened', data }] : []),
    Rename${One}: (data, { status }) =>
      status === 'none' ? refuse('NoSuch${One}') : [{ type: '${One}Renamed', data }],
  },

  evolve: {
    ${One}Opened: (_, { userId }) => ({ status: 'open', userId }),
    ${One}Renamed: (state) => state,
  },
})
`,
  [`${folder}/${one}.test.ts`]: `import { test } from 'vitest'
import { asId } from '#kernel'
import { given } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { ${one} } from './${one}.ts'

const userId = asId(UserId, '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11')
const opened = { type: '${One}Opened' as const, data: { userId, title: 'First' } }

test('renaming a ${one} that does not exist is refused', () =>
  given(${one}).when({ type: 'Rename${One}', data: { title: 'Second' } }).refuses('NoSuch${One}'))

test('a ${one} is renamed', () =>
  given(${one}, opened)
    .when({ type: 'Rename${One}', data: { title: 'Second' } })
    .yields({ type: '${One}Renamed', data: { title: 'Second' } }))
`,
  [`${folder}/language.ts`]: `// Public part of this context: its deciders, ids and types.

export { ${one}, ${One}Id } from './${one}.ts'
`,
  [`${folder}/routes.ts`]: `import { Type } from 'typebox'
import { derivedId, Fields, isRefusal } from '#kernel'
import { ${name} as all } from '../../projections/index.ts'
import { DocumentFrom } from '../../serving/document-from.ts'
import { listed, ListOf, ListQuery } from '../../serving/lists.ts'
import { refusalProblem } from '../../serving/refusals.ts'
import { route } from '../../serving/route.ts'
import { ${one}, ${One}Id } from './language.ts'

/** Routes of the context \`${name}\`. */
export const routes = [
  route({
    method: 'POST',
    url: '/${name}',
    access: 'user',
    operationId: 'open${One}',
    summary: 'Open a ${one}',
    body: Fields({ title: ${one}.commands.Open${One}.properties.title }),
    example: { title: 'A title' },
    data: Type.Object({ id: ${One}Id }),
    status: 201,
    handle: async ({ body, caller, origin }, { executor }) => {
      const id = derivedId(${One}Id, origin.commandId, '${one}')
      const data = { userId: caller.id, ...body }
      const answer = await executor.execute(${one}, id, { type: 'Open${One}', data }, origin)
      if (isRefusal(answer)) throw refusalProblem(${one}, answer)
      const { position, revision } = answer
      return { data: { id }, position, revision }
    },
  }),

  route({
    method: 'GET',
    url: '/${name}',
    access: 'user',
    operationId: 'list${One}s',
    summary: 'My ${name}, the latest first',
    query: ListQuery(['createdAt'], {}),
    data: ListOf('${name}', DocumentFrom(all)),
    handle: async ({ query, caller }, ports) => {
      const { documents, info, position } = await listed(ports, all, query, { userId: caller.id })
      return { data: { ${name}: documents, ...info }, position }
    },
  }),
]
`,
  [`${folder}/index.ts`]: `import { module } from '../../serving/module.ts'
import { ${one} } from './language.ts'
import { routes } from './routes.ts'

/** The context \`${name}\`. */
export const ${name} = module({
  name: '${name}',
  about: 'TODO: its purpose, in a few words',
  deciders: [${one}],
  routes,
})
`,
  [`src/projections/${name}.ts`]: `import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { ${one}, ${One}Id } from '../domains/${name}/language.ts'
import { UserId } from '../domains/shared/index.ts'

/** TODO: description of the read model. */
export const ${name} = projection({
  name: '${name}',
  store: 'postgres',
  within: 1_000,
  document: Fields({
    id: ${One}Id,
    userId: UserId,
    title: Type.String(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  }),
  from: [${one}],
  key: ({ id }) => id,
  beginsWith: [${one}],
  indexes: [['userId', 'createdAt']],
}).rules({
  ${One}Opened: (_, { id, at, data }) => ({ id, ...data, createdAt: at, updatedAt: at }),
  ${One}Renamed: (document, { at, data }) => document && { ...document, ...data, updatedAt: at },
})
`,
}

/** Adds a name to a list in a file: the import as its first line, the name before the list's end. */
const listIn = (file, from, end) => {
  const path = join(root, file)
  const text = readFileSync(path, 'utf8')
  const at = text.indexOf(end, text.indexOf('export const '))
  const withName = `${text.slice(0, at)}  ${name},\n${text.slice(at)}`
  writeFileSync(path, `import { ${name} } from '${from}'\n${withName}`)
}

for (const [file, text] of Object.entries(files)) {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}
listIn('src/domains/index.ts', `./${name}/index.ts`, '] as const')

const projections = join(root, 'src/projections/index.ts')
const text = readFileSync(projections, 'utf8')
writeFileSync(
  projections,
  `import { ${name} } from './${name}.ts'\n${text
    .replace(/\nexport \{\n/, `\nexport {\n  ${name},\n`)
    .replace(/\n\] as const/, `\n  ${name},\n] as const`)}`,
)

process.stdout.write(`Written:
${Object.keys(files)
  .map((file) => `  ${file}`)
  .join('\n')}
Listed in src/domains/index.ts and src/projections/index.ts.

Next: write the comments and the description that are marked TODO, then
  npm run format && npm run docs && npm test
npm run docs also adds it to the last group of contexts in docker-compose.roles.yml and infra/kubernetes. Move it there to
another group, if it scales with others.
`)
