import { Type, type Static } from 'typebox'
import { Fields, stores } from '#kernel'
import type { AuditRecord } from '../../platform/storage/audits/port.ts'
import { notFound } from '../../serving/problem.ts'
import { route } from '../../serving/route.ts'

const Count = Type.Integer({ minimum: 0 })
const Amounts = Type.Record(Type.String(), Type.Integer())

const Findings = Type.Object({
  generation: Type.Integer(),
  store: Type.Enum([...stores]),
  position: Type.String({ description: 'Position of the log up to which events were folded' }),
  isWhole: Type.Boolean({ description: 'Whether all documents were audited, not a sample' }),
  looked: Count,
  same: Count,
  different: Count,
  missing: Type.Integer({ minimum: 0, description: 'The log yields them, the store has none' }),
  orphans: Type.Integer({ minimum: 0, description: 'The store has them, the log yields none' }),
  sumsOnly: Type.Integer({ minimum: 0, description: 'Their sums alone differ' }),
  inconclusive: Type.Integer({ minimum: 0, description: 'They changed at each look' }),
  parked: Type.Integer({ minimum: 0, description: 'Left out, as a dead letter waits for each' }),
  orphansSought: Type.Boolean({
    description:
      'Whether documents that the log does not yield were looked for: in a sample of a read model that fans out, they cannot be',
  }),
  sums: Type.Array(
    Type.Object({
      name: Type.String(),
      ledger: Amounts,
      documents: Amounts,
    }),
    { description: 'Amounts in the log, and in the documents; money is in minor units' },
  ),
})

const Audit = Type.Object({
  name: Type.String(),
  state: Type.Enum(['never', 'requested', 'running', 'audited', 'superseded', 'failed']),
  progress: Type.Optional(
    Type.Object({
      position: Type.String(),
      head: Type.String(),
      share: Type.Number({ description: 'Part of the documents audited before, from 0 to 1' }),
    }),
  ),
  at: Type.Optional(Type.String({ format: 'date-time', description: 'When the last audit ended' })),
  detail: Type.Optional(Type.String({ description: 'Why the last audit was not completed' })),
  findings: Type.Optional(Findings),
  open: Type.Array(
    Type.Object({
      key: Type.String(),
      kind: Type.Enum(['different', 'missing', 'orphan', 'sum']),
      fields: Type.Array(Type.String(), { description: 'Names of fields, or of sums' }),
    }),
    { description: 'Differences that no later audit has found resolved; at most 100' },
  ),
  mend: Type.Optional(
    Type.Object(
      { method: Type.Literal('POST'), path: Type.String() },
      { description: 'The request that folds the read model anew' },
    ),
  ),
})

const stateOf = ({ request, running, last }: AuditRecord): Static<typeof Audit>['state'] => {
  if (request) return running ? 'running' : 'requested'
  if (running) return 'running'
  return last?.outcome ?? 'never'
}

const auditOf = (record: AuditRecord): Static<typeof Audit> => {
  const { name, running, last, open } = record
  return {
    name,
    state: stateOf(record),
    ...(running && {
      progress: {
        position: String(running.position),
        head: String(running.head),
        share: running.share,
      },
    }),
    ...(last && { at: last.at }),
    ...(last && last.outcome !== 'audited' && { detail: last.detail }),
    ...(last?.outcome === 'audited' && {
      findings: {
        ...last.findings,
        position: String(last.findings.position),
        sums: last.findings.sums.map(({ name: sum, ledger, documents }) => ({
          name: sum,
          ledger: { ...ledger },
          documents: { ...documents },
        })),
      },
    }),
    open: open.map(({ key, kind, fields }) => ({ key, kind, fields: [...fields] })),
    ...(open.length > 0 && {
      mend: { method: 'POST' as const, path: `/admin/projections/${name}/rebuild` },
    }),
  }
}

/** Schema of a read model's name. */
const Name = Type.String({ pattern: '^[a-z][a-z0-9_]*$', maxLength: 63 })

/** Routes for the audits of the read models. */
export const auditRoutes = [
  route({
    method: 'GET',
    url: '/admin/audits',
    access: 'admin',
    operationId: 'listAudits',
    summary: 'Progress and findings of the audits of the read models',
    description:
      'An audit folds documents again from the start of the log and compares them with the stored ones. It names differing documents by key and field, and never shows their content.',
    data: Type.Object({ audits: Type.Array(Audit) }),
    handle: async (_, { operations }) => ({
      data: { audits: (await operations.audits()).map(auditOf) },
    }),
  }),

  route({
    method: 'POST',
    url: '/admin/audits',
    access: 'admin',
    operationId: 'requestAudits',
    summary: 'Request that read models are audited against the log',
    description:
      'Follows within a moment, in a process with the role `jobs`, one read model after the other; `GET /admin/audits` shows the progress. By default, at most some 20,000 documents of each are audited.',
    body: Fields({
      names: Type.Optional(
        Type.Array(Name, {
          minItems: 1,
          maxItems: 100,
          description: 'Names of read models; default: all',
        }),
      ),
      all: Type.Optional(
        Type.Boolean({ description: 'Whether to audit all documents; default: a sample' }),
      ),
    }),
    example: { names: ['orders', 'payments'], all: true },
    data: Type.Object({ names: Type.Array(Type.String()), accepted: Type.Literal(true) }),
    status: 202,
    problems: [404],
    handle: async ({ body: { names, all = false } }, { operations }) => {
      const asked = await operations.audit(names, { all })
      if (!asked) throw notFound('read model')
      return { data: { names: [...asked], accepted: true as const } }
    },
  }),
]
