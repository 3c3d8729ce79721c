import { useCallback, useRef, useState } from 'react'
import { ask, type Requests } from '../../api/sockets.ts'
import { useLive } from '../../api/use-live.ts'
import { noneReceived, withEvent, type Received } from './received-events.ts'

/** How a replay ended for its listener. */
export type Outcome = 'completed' | 'stopped' | 'failed'

/** A replay as it is played here. */
export type Playing = {
  readonly received: Received
  /** The range of its positions; undefined until it has begun. */
  readonly range: { readonly from: string; readonly until: string } | undefined
  /** The position up to which it has been played. */
  readonly position: string | undefined
  readonly isPaused: boolean
  /** Undefined while it is played. */
  readonly outcome: Outcome | undefined
}

const notBegun: Playing = {
  received: noneReceived,
  range: undefined,
  position: undefined,
  isPaused: false,
  outcome: undefined,
}

type Steer = 'replay:pause' | 'replay:resume' | 'replay:stop'

/**
 * Plays a replay while a component is shown. After a broken connection, it continues behind the last event.
 * @param replayId a new one begins anew
 */
export const useReplay = (
  replayId: string,
): {
  readonly playing: Playing
  readonly error: unknown
  readonly steer: (name: Steer) => void
  /** Plays on from a position; undefined: from the start. */
  readonly seek: (position: string | undefined) => void
} => {
  const [playing, setPlaying] = useState(notBegun)
  const [error, setError] = useState<unknown>()
  const last = useRef<string>(undefined)
  /** Whether what arrives is from before a jump to another position. */
  const isJumping = useRef(false)

  const attempt = useCallback(async (action: () => Promise<void>): Promise<void> => {
    try {
      await action()
      setError(undefined)
    } catch (failure) {
      setError(failure)
    }
  }, [])

  const begin = useCallback(async (): Promise<void> => {
    const after = last.current
    const payload: Requests<'/analytics'>['replay:start']['payload'] = {
      replayId,
      ...(after !== undefined && { after }),
    }
    const { fromPosition, untilPosition, status } = await ask('/analytics', 'replay:start', payload)
    setPlaying((before) => ({
      ...before,
      range: { from: fromPosition, until: untilPosition },
      isPaused: status === 'PAUSED',
    }))
  }, [replayId])

  useLive(
    '/analytics',
    {
      'replay:event': ({ replayId: of, event }) => {
        if (of !== replayId || isJumping.current) return
        last.current = event.position
        setPlaying((before) => ({
          ...before,
          received: withEvent(before.received, event),
          position: event.position,
        }))
      },
      'replay:progress': ({ replayId: of, position, paused }) => {
        if (of === replayId && !isJumping.current)
          setPlaying((before) => ({ ...before, position, isPaused: paused }))
      },
      'replay:done': ({ replayId: of, position, outcome }) => {
        if (of === replayId && !isJumping.current)
          setPlaying((before) => ({ ...before, position, outcome }))
      },
    },
    {
      key: replayId,
      onConnect: () => void attempt(begin),
      onLeave: () => void ask('/analytics', 'replay:leave', { replayId }).catch(() => undefined),
    },
  )

  return {
    playing,
    error,
    steer: (name) =>
      void attempt(async () => {
        const { status } = await ask('/analytics', name, { replayId })
        setPlaying((before) => ({ ...before, isPaused: status === 'PAUSED' }))
      }),
    seek: (position) =>
      void attempt(async () => {
        isJumping.current = true
        try {
          await ask('/analytics', 'replay:leave', { replayId })
        } finally {
          isJumping.current = false
        }
        last.current = position
        setPlaying(({ range, isPaused }) => ({ ...notBegun, range, isPaused, position }))
        await begin()
      }),
  }
}
