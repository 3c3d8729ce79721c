/** States of runs. */
export const sagaStates = ['running', 'ended', 'parked'] as const

/** A state of a run. */
export type SagaState = (typeof sagaStates)[number]

/** Reads which runs are shown from an address; anything else is left out. */
export const sagaFilter = (
  given: Readonly<Record<string, unknown>>,
): { readonly state?: SagaState } => {
  const state = sagaStates.find((one) => one === given['state'])
  return state === undefined ? {} : { state }
}
