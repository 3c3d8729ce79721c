import { Type } from 'typebox'
import { Fields } from '#kernel'
import { workflow, WorkflowFailed } from '../../../serving/workflow.ts'

const Category = Type.String({ pattern: '^[a-zA-Z]{1,63}$' })

/** Archives closed streams (decision 097): those that a run has archived before it ended are not archived again. */
export const archiveStreams = workflow({
  name: 'archive',
  about: 'Moves the content of closed streams from the log to the store of files.',
  payload: Fields({
    categories: Type.Optional(
      Type.Array(Category, {
        minItems: 1,
        maxItems: 100,
        description: 'Categories of streams; default: all that have a rule',
      }),
    ),
  }),
  example: { categories: ['session'] },
  run: async ({ payload: { categories }, signal }, { archiveClosed, closable }) => {
    if (!archiveClosed) throw new WorkflowFailed('Only a log in PostgreSQL is archived.')
    const unknown = categories?.find((name) => !closable.includes(name))
    if (unknown !== undefined)
      throw new WorkflowFailed(
        `No rule says when a stream of the category ${unknown} is closed; those with a rule are: ${closable.join(', ')}.`,
      )
    const archived = await archiveClosed(categories, signal)
    return { archived: archived.map((one) => ({ ...one })) }
  },
})
