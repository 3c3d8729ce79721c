import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query'
import { useRef } from 'react'
import { newId } from './new-id.ts'
import { isFinal } from './problem.ts'

/** To be spread into the options of a request: makes a repetition of the command harmless. */
export type Once = { readonly headers: { readonly 'idempotency-key': string } }

/**
 * A command as a mutation. An attempt with the same input has the key of the one before until an answer is final, as that
 * one may have had its effect, or be under way still.
 * @param send sends the command, by `run`
 * @param changes keys of the queries that are read again after it; default: all that are shown
 * @param onDone called with the answer
 */
export const useCommand = <Input = void, Output = unknown>({
  send,
  changes,
  onDone,
}: {
  readonly send: (input: Input, once: Once) => Promise<Output>
  readonly changes?: readonly QueryKey[]
  readonly onDone?: (output: Output, input: Input) => void | Promise<void>
}) => {
  const queries = useQueryClient()
  const unanswered = useRef<{ readonly input: string; readonly key: string }>(undefined)
  return useMutation<Output, Error, Input>({
    mutationFn: async (input) => {
      const text = JSON.stringify(input ?? null)
      const key = unanswered.current?.input === text ? unanswered.current.key : newId()
      unanswered.current = { input: text, key }
      try {
        const output = await send(input, { headers: { 'idempotency-key': key } })
        unanswered.current = undefined
        return output
      } catch (error) {
        if (isFinal(error)) unanswered.current = undefined
        throw error
      }
    },
    onSuccess: async (output, input) => {
      // Queries read on in the background; what is shown changes when they answer.
      void (changes === undefined
        ? queries.invalidateQueries()
        : Promise.all(changes.map((queryKey) => queries.invalidateQueries({ queryKey }))))
      await onDone?.(output, input)
    },
  })
}
