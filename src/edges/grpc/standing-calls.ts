import {
  ServerInterceptingCall,
  status as codes,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js'

/** Calls that last until their clients end them, as watches of health do. */
export type StandingCalls = {
  /** Tracks the calls that stream answers; to be given to the server. */
  readonly interceptor: ServerInterceptor
  /** Ends the tracked calls with UNAVAILABLE, so that a stop does not wait for their clients. */
  readonly end: () => void
}

/**
 * Tracks standing calls.
 * @param services names of the services whose calls have an end of their own, and are not tracked
 */
export const standingCalls = (services: ReadonlySet<string>): StandingCalls => {
  const open = new Set<ServerInterceptingCallInterface>()
  return {
    interceptor: ({ path, responseStream }, call) => {
      const [, service = ''] = path.split('/')
      if (!responseStream || services.has(service)) return new ServerInterceptingCall(call)
      open.add(call)
      return new ServerInterceptingCall(call, {
        // Called at every end.
        start: (next) => next({ onCancel: () => void open.delete(call) }),
      })
    },
    end: () => {
      for (const call of open)
        call.sendStatus({ code: codes.UNAVAILABLE, details: 'The process stops.' })
    },
  }
}
