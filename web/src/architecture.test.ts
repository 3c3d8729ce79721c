import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const root = import.meta.dirname

/** What a folder may import besides itself. Features are all other folders. */
const may: Readonly<Record<string, readonly string[]>> = {
  api: [],
  i18n: [],
  ui: ['api', 'i18n'],
  app: ['api', 'i18n', 'ui'],
  // Sellers' pages are about gigs and their orders.
  selling: ['api', 'i18n', 'ui', 'app', 'gigs'],
}
const ofFeatures = ['api', 'i18n', 'ui', 'app']

/** Imports of one feature by another, or by the frame, with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  'app/router.ts → *': 'lists the routes of all features',
  'app/shell.tsx → shop': 'shows the basket and the search',
  'app/shell.tsx → notifications': 'shows the bell',
  'app/sign-out.ts → account': 'ends push messages to this browser with the session',
  'app/theme.ts → account': 'applies the settings of the account',
  'app/account-language.ts → account': 'applies the preferences of the account',
  'shop/order-page.tsx → gigs': 'shows the room of an order of a gig, loaded with the first',
}

const files = globSync('**/*.{ts,tsx}', { cwd: root }).filter((file) => !file.includes('.test.'))

const folderOf = (path: string): string => path.split('/')[0]!

/** Imports between folders, as `file → folder`. */
const imports = files.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].flatMap(
    ([, target = '']) => {
      const to = folderOf(join(dirname(file), target))
      return to === folderOf(file) ? [] : [{ file, to }]
    },
  ),
)

test('imports between folders follow the table', () => {
  expect(imports.length).toBeGreaterThan(100)
  const used = new Set<string>()
  const others = imports.filter(({ file, to }) => {
    if (file === 'main.tsx') return false
    if ((may[folderOf(file)] ?? ofFeatures).includes(to)) return false
    const exception = [`${file} → ${to}`, `${file} → *`].find((one) => one in exceptions)
    if (exception !== undefined) used.add(exception)
    return exception === undefined
  })
  expect(others.map(({ file, to }) => `${file} → ${to}`)).toEqual([])
  expect(Object.keys(exceptions).filter((one) => !used.has(one))).toEqual([])
})

test('texts become markup nowhere', () => {
  for (const file of files)
    expect(readFileSync(join(root, file), 'utf8'), file).not.toMatch(
      /dangerouslySetInnerHTML|innerHTML|document\.write|\beval\(/,
    )
})
