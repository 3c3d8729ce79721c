import type { Static, TObject } from 'typebox'
import { Check } from 'typebox/value'
import type { JobPorts } from './job-ports.ts'
import {
  WorkflowFailed,
  type BoundWorkflow,
  type WorkflowAttempt,
  type WorkflowOutput,
} from './workflow-attempt.ts'

export { WorkflowFailed } from './workflow-attempt.ts'

/** A type of scheduled jobs, as data; the type of its payload is erased. */
export type DeclaredWorkflow = {
  /** Stable, in kebab-case: `index-rebuild`. Jobs refer to it for as long as they are scheduled. */
  readonly name: string
  /** What a run does, as a sentence. */
  readonly about: string
  readonly payload: TObject
  /** A valid payload. */
  readonly example: object
  /** @throws WorkflowFailed when the payload is not valid by the schema */
  readonly run: (attempt: WorkflowAttempt<unknown>, ports: JobPorts) => Promise<WorkflowOutput>
}

/**
 * Declares a type of scheduled jobs; its context lists it in `workflows` of its module. A run is attempted at least once: a
 * process may die before the end is recorded. So a run sends commands of its own context with its origin, or does what may be
 * done again.
 * @param declaration.payload schema of the payload, with no additional fields: neither secrets nor personal data, as it is recorded
 *   and shown to analysts
 * @param declaration.run returns what it has done; a thrown error is retried, except a `WorkflowFailed`, whose message is shown
 */
export const workflow = <P extends TObject>({
  run,
  ...declaration
}: Omit<DeclaredWorkflow, 'payload' | 'example' | 'run'> & {
  readonly payload: P
  readonly example: Static<P>
  readonly run: (attempt: WorkflowAttempt<Static<P>>, ports: JobPorts) => Promise<WorkflowOutput>
}): DeclaredWorkflow => ({
  ...declaration,
  run: async ({ payload, ...attempt }, ports) => {
    // The type may have changed since the job was scheduled.
    if (!Check(declaration.payload, payload))
      throw new WorkflowFailed('The payload is no longer valid for this type.')
    return run({ ...attempt, payload }, ports)
  },
})

/**
 * Binds the handlers of workflows to their ports, for the job that runs them.
 * @param portsOf called for each attempt, as the ports have the bound workflows themselves
 */
export const boundWorkflows = (
  declared: readonly DeclaredWorkflow[],
  portsOf: () => JobPorts,
): readonly BoundWorkflow[] =>
  declared.map(({ name, run }) => ({
    name,
    run: (attempt) => run(attempt, portsOf()),
  }))
