import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { documentsIn, textOf, top, type Found } from './manifests.ts'

/** Fields of lists whose entries are merged by this key, as Kubernetes declares them. */
const mergeKeys: Readonly<Record<string, string>> = {
  containers: 'name',
  env: 'name',
  ports: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
}

const isMap = (value: unknown): value is Record<string, Found> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Merges a patch as Kubernetes does, as far as the manifests here need it. */
const merged = (target: Found, patch: Found, field = ''): Found => {
  const key = mergeKeys[field]
  if (Array.isArray(target) && Array.isArray(patch) && key !== undefined) {
    const patched = target.map((entry) => {
      const of = patch.find((one) => one[key] === entry[key])
      return of ? merged(entry, of) : entry
    })
    return [...patched, ...patch.filter((one) => !target.some((entry) => entry[key] === one[key]))]
  }
  if (!isMap(target) || !isMap(patch)) return patch
  const result = { ...target }
  for (const [name, value] of Object.entries(patch))
    result[name] = merged(target[name], value, name)
  return result
}

/** An operation of RFC 6902. */
type Operation = { readonly op: string; readonly path: string; readonly value?: unknown }

/** Applies an operation in place. @throws Error where its path does not exist */
const operate = (target: Found, { op, path, value }: Operation): void => {
  const names = path
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = names.pop()!
  let at: Found = target
  for (const name of names) at = at?.[name]
  const isThere = at !== undefined && last in at
  if (typeof at !== 'object') throw new Error(`${path}: there is no such place`)
  if (op !== 'add' && !isThere) throw new Error(`${op} ${path}: there is no such field`)
  if (op === 'remove') delete at[last]
  else if (Array.isArray(at) && last === '-') at.push(value)
  else at[last] = value
}

type Target = { readonly kind?: string; readonly name?: string }

const matches = ({ kind, name }: Target, found: Found): boolean =>
  (kind === undefined || found.kind === kind) &&
  (name === undefined || new RegExp(`^(?:${name})$`).test(found.metadata.name))

const patched = (documents: readonly Found[], target: Target, patch: Found): readonly Found[] => {
  const isTarget = documents.map((one) => matches(target, one))
  if (!isTarget.includes(true)) throw new Error(`No manifest matches ${JSON.stringify(target)}`)
  return documents.flatMap((one, nth) => {
    if (!isTarget[nth]) return [one]
    if (Array.isArray(patch)) {
      for (const operation of patch) operate(one, operation)
      return [one]
    }
    if (patch.$patch === 'delete') return []
    const { name } = one.metadata
    const result = merged(one, patch)
    return [{ ...result, metadata: { ...result.metadata, name } }]
  })
}

const labelled = (documents: readonly Found[], pairs: Record<string, string>): void => {
  for (const { kind, metadata, spec } of documents) {
    metadata.labels = { ...metadata.labels, ...pairs }
    if (kind === 'Deployment' || kind === 'StatefulSet')
      spec.template.metadata.labels = { ...spec.template.metadata.labels, ...pairs }
  }
}

/**
 * Composes the manifests of a kustomization, as `kubectl kustomize` would, as far as those here need it. Generated secrets
 * are left out.
 * @param folder relative to the root folder
 * @param documents of the kustomization that a component changes
 * @throws Error for a patch without a target, or an operation without a place
 */
export const kustomized = (folder: string, documents: readonly Found[] = []): readonly Found[] => {
  const path = join(folder, 'kustomization.yaml')
  const own: Found = parse(textOf(path))
  let all = [
    ...documents,
    ...(own.resources ?? []).flatMap((resource: string): readonly Found[] => {
      const at = join(folder, resource)
      return statSync(join(top, at)).isDirectory() ? kustomized(at) : documentsIn(at)
    }),
  ]
  for (const component of own.components ?? []) all = [...kustomized(join(folder, component), all)]
  for (const { path: file, patch, target } of own.patches ?? []) {
    const change: Found = parse(patch ?? textOf(join(dirname(path), file)))
    all = [...patched(all, target ?? { kind: change.kind, name: change.metadata.name }, change)]
  }
  for (const { pairs } of own.labels ?? []) labelled(all, pairs)
  return all
}
