import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

/**
 * Lets a closing server wait for handlers that still run after their clients have disconnected, as their dependencies are
 * closed right after the server. To be called before routes are added.
 * @param grace time that they have once the closing begins, in ms
 */
export const awaitHandlers = (app: FastifyInstance, grace: number): void => {
  let running = 0
  let whenIdle: (() => void) | undefined
  const ended = (): void => {
    running -= 1
    if (running === 0) whenIdle?.()
  }
  app.addHook('onRoute', (route) => {
    const { handler } = route
    route.handler = function (request, reply) {
      const answer: unknown = handler.call(this, request, reply)
      if (!(answer instanceof Promise)) return answer
      running += 1
      answer.then(ended, ended)
      return answer
    }
  })
  let deadline = 0
  app.addHook('preClose', (done) => {
    deadline = performance.now() + grace
    done()
  })
  app.addHook('onClose', async () => {
    const left = Math.max(0, deadline - performance.now())
    const settled = new AbortController()
    const { signal } = settled
    const over = pause(left, undefined, { signal }).catch(() => undefined)
    const idle = new Promise<void>((resolve) => {
      whenIdle = resolve
    })
    if (running > 0) await Promise.race([idle, over])
    settled.abort()
  })
}
