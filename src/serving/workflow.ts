import type { Static, TObject } from 'typebox'
import type { JobPorts } from './job-ports.ts'
import type { BoundWorkflow, WorkflowAttempt, WorkflowOutput } from './workflow-attempt.ts'

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
  readonly run: (attempt: WorkflowAttempt<never>, ports: JobPorts) => Promise<WorkflowOutput>
}

/**
 * Declares a type of scheduled jobs; its context lists it in `workflows` of its module. A run is attempted at least once: a
 * process may die before the end is recorded. So a run sends commands of its own context with its origin, or does what may be
 * done again.
 * @param declaration.payload schema of the payload, with no additional fields: neither secrets nor personal data, as it is recorded
 *   and shown to analysts
 * @param declaration.run returns what it has done; a thrown error is retried, except a `WorkflowFailed`
 */
export const workflow = <P extends TObject>(
  declaration: Omit<DeclaredWorkflow, 'payload' | 'example' | 'run'> & {
    readonly payload: P
    readonly example: Static<P>
    readonly run: (attempt: WorkflowAttempt<Static<P>>, ports: JobPorts) => Promise<WorkflowOutput>
  },
): DeclaredWorkflow => declaration

/**
 * Binds the handlers of workflows to their ports, for the job that runs them.
 * @param portsOf called for each attempt, as the ports have the bound workflows themselves
 */
export const boundWorkflows = (
  declared: readonly DeclaredWorkflow[],
  portsOf: () => JobPorts,
): readonly BoundWorkflow[] =>
  declared.map(({ name, payload, run }) => ({
    name,
    payload,
    run: (attempt) => run(attempt, portsOf()),
  }))
