import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'

/** Root folder of the checkout. */
export const top = join(import.meta.dirname, '../..')
/** Returns the text of a file. @param path relative to the root folder */
export const textOf = (path: string): string => readFileSync(join(top, path), 'utf8')

/** A value of a YAML document. */
// The content of a document has no static type.
// oxlint-disable-next-line typescript/no-explicit-any
export type Found = any

/** Returns all documents of YAML files. @param pattern glob, relative to the root folder */
export const documentsIn = (pattern: string): readonly Found[] =>
  globSync(pattern, { cwd: top })
    .toSorted()
    .flatMap((path) => parseAllDocuments(textOf(path)).map((document): Found => document.toJS()))

/** Returns a Compose file with its anchors resolved. */
export const composeOf = (path: string): Found => parse(textOf(path), { merge: true })

/** Returns the patches of a kustomization, each as a document. */
export const patchesIn = (path: string): readonly Found[] =>
  (parse(textOf(path)).patches ?? []).flatMap(({ patch }: Found): Found[] =>
    patch === undefined ? [] : [parse(patch)],
  )

/** Returns the names of the variables that a file sets. */
export const namesIn = (path: string): readonly string[] =>
  [...textOf(path).matchAll(/^([A-Z\d_]+)=/gm)].map(([, name = '']) => name)

/** Port that every process listens on in a container. */
export const port = Number(/^EXPOSE (\d+)$/m.exec(textOf('infra/Dockerfile'))?.[1])
