import { Type, type Static } from 'typebox'
import { Fields } from '#kernel'
import type { RebuildReport } from '../../platform/storage/documents/port.ts'
import type { ProjectionStatus } from '../../runtime/operations.ts'
import { notFound, Problem } from '../../serving/problem.ts'
import { route } from '../../serving/route.ts'

/** Schema of a read model's name. */
export const ModelName = Type.String({ pattern: '^[a-z][a-z0-9_]*$', maxLength: 63 })

const Comparison = {
  same: Type.Integer(),
  different: Type.Integer(),
  onlyOld: Type.Integer(),
  onlyNew: Type.Integer(),
}

const Place = Type.Object(
  { position: Type.String(), type: Type.String(), id: Type.String() },
  { description: 'An event that gave the field its value' },
)

const Sample = Type.Object({
  key: Type.String({ description: 'Key of the document' }),
  old: Type.Optional(Type.Unknown({ description: 'Left out where there was no value' })),
  new: Type.Optional(Type.Unknown({ description: 'Left out where there is no value' })),
  oldEvent: Type.Optional(Place),
  newEvent: Type.Optional(Place),
})

/** Differences between a generation with a gate and the one before it. */
export const Report = Type.Object(
  {
    ...Comparison,
    at: Type.String({ format: 'date-time' }),
    position: Type.String({ description: 'Position that both stood at' }),
    counted: Type.Integer({ description: 'Number of documents that count against the gate' }),
    fields: Type.Array(
      Type.Object({
        path: Type.String({
          description:
            'Names joined by dots, entries of lists as [], undeclared names as *: items[].price',
        }),
        documents: Type.Integer({ description: 'Number of documents that differ in it' }),
        ignored: Type.Boolean(),
        samples: Type.Array(Sample, {
          description:
            'Personal values are masked, long ones cut. `newEvent` changed the field last by today’s rules, `oldEvent` gave it the old value; both are left out where that is not cheap to find: see `GET /analytics/documents/:model/:key/why`',
        }),
      }),
    ),
    furtherFields: Type.Integer({ description: 'Differences of fields that are not listed' }),
    onlyOldKeys: Type.Array(Type.String()),
    onlyNewKeys: Type.Array(Type.String()),
    isOldLost: Type.Optional(
      Type.Literal(true, {
        description: 'Nothing was compared: the documents of the live generation are lost',
      }),
    ),
  },
  {
    description:
      'Differences by field, of a rebuild with a gate; after the switch without samples and keys',
  },
)

/** Progress of a rebuild, with its gate and report. */
export const Rebuild = Type.Object({
  progress: Type.Integer({ description: 'Number of events folded' }),
  total: Type.Integer(),
  etaSeconds: Type.Optional(Type.Number()),
  generation: Type.Optional(Type.Integer({ description: 'The generation that is built' })),
  gate: Type.Optional(
    Type.Object({
      maxDifferences: Type.Optional(
        Type.Integer({
          description: 'Most documents that may differ. Without it, the operator decides',
        }),
      ),
      ignoredFields: Type.Array(Type.String()),
    }),
  ),
  state: Type.Optional(
    Type.Enum(['building', 'comparing', 'waiting', 'switching'], {
      description: 'Of a rebuild with a gate; `waiting` for an operator, level with the live one',
    }),
  ),
  report: Type.Optional(Report),
})

/** The answer about a report. */
export const reportOf = ({
  fields,
  onlyOldKeys,
  onlyNewKeys,
  ...report
}: RebuildReport): Static<typeof Report> => ({
  ...report,
  fields: fields.map(({ samples, ...field }) => ({
    ...field,
    samples: samples.map((sample) => ({ ...sample })),
  })),
  onlyOldKeys: [...onlyOldKeys],
  onlyNewKeys: [...onlyNewKeys],
})

/** The answer about a rebuild. */
export const rebuildOf = ({
  gate,
  report,
  ...rebuild
}: NonNullable<ProjectionStatus['rebuild']>): Static<typeof Rebuild> => ({
  ...rebuild,
  ...(gate && { gate: { ...gate, ignoredFields: [...gate.ignoredFields] } }),
  ...(report && { report: reportOf(report) }),
})

/** Schema of an accepted request about a read model. */
export const Accepted = Type.Object({ name: Type.String(), accepted: Type.Literal(true) })

/** Path of a field: names joined by dots, entries of lists as `[]`. */
const FieldPath = Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\s.]+(\\.[^\\s.]+)*$' })

const params = Fields({ name: ModelName })

/** Requests about a generation that is being built. */
const steering = [
  ['POST', '/switch', 'switch', 'Switch to the generation that is built as soon as it is level'],
  ['POST', '/compare', 'compare', 'Compare a waiting generation with the live one again'],
  ['DELETE', '', 'discard', 'Discard the generation that is built'],
] as const

/** Routes of rebuilds: begin one, decide about one that waits. */
export const rebuildRoutes = [
  route({
    method: 'POST',
    url: '/admin/projections/:name/rebuild',
    access: 'admin',
    operationId: 'rebuildProjection',
    summary: 'Rebuild a read model as a new generation beside the live one, then switch',
    description:
      'With `shadow`, `allowDiff` or `ignoreFields`, the generations are compared field by field, and switched only if at most `allowDiff` documents differ in fields that are not ignored. Otherwise, and without `allowDiff`, the new generation waits for an operator, level with the live one.',
    params,
    body: Fields({
      shadow: Type.Optional(Type.Literal(true)),
      allowDiff: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
      ignoreFields: Type.Optional(Type.Array(FieldPath, { maxItems: 50 })),
    }),
    example: { shadow: true, allowDiff: 0, ignoreFields: ['updatedAt'] },
    data: Accepted,
    status: 202,
    problems: [404, 409],
    handle: async ({ params: { name }, body }, { operations }) => {
      const { shadow, allowDiff, ignoreFields } = body
      const isPlain = !shadow && allowDiff === undefined && ignoreFields === undefined
      const begun = isPlain
        ? await operations.rebuild(name)
        : await operations.rebuildWithGate(name, {
            ...(allowDiff !== undefined && { maxDifferences: allowDiff }),
            ignoredFields: ignoreFields ?? [],
          })
      if (!begun) throw notFound('read model')
      if (begun === 'building')
        throw new Problem(
          409,
          'rebuild_under_way',
          'A generation is being built already: wait for it, switch to it, or discard it.',
        )
      return { data: { name, accepted: true as const } }
    },
  }),

  ...steering.map(([method, path, verb, summary]) =>
    route({
      method,
      url: `/admin/projections/:name/rebuild${path}`,
      access: 'admin',
      operationId: `${verb}Rebuild`,
      summary,
      params,
      data: Accepted,
      status: 202,
      problems: [404, 409],
      handle: async ({ params: { name } }, { operations }) => {
        const steered = await operations.steerRebuild(name, verb)
        if (!steered) throw notFound('read model')
        if (steered === 'none')
          throw new Problem(
            409,
            'no_rebuild',
            verb === 'compare'
              ? 'No generation with a gate is being built.'
              : 'No generation is being built.',
          )
        return { data: { name, accepted: true as const } }
      },
    }),
  ),
]
