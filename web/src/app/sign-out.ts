import { useNavigate } from '@tanstack/react-router'
import { api, run } from '../api/client.ts'
import { kept } from '../api/private-storage.ts'
import { signedIn } from '../api/signed-in.ts'
import { useCommand } from '../api/use-command.ts'
import { useSession } from './session.tsx'

/** Ends pushed messages in this browser, whose next user is not to see them. */
const endPush = async (): Promise<void> => {
  if (!('serviceWorker' in navigator)) return
  if ((await navigator.serviceWorker.getRegistration('/push-worker.js')) === undefined) return
  const { subscribedEndpoint, unsubscribe } = await import('../account/push-subscription.ts')
  const endpoint = await subscribedEndpoint()
  if (endpoint === undefined) return
  // First, as it needs no server: the push service then refuses further messages.
  await unsubscribe()
  await run(api.DELETE('/api/v1/notifications/devices', { body: { endpoint } }))
}

/** Ends the session of this browser, which keeps nothing of its user, and returns to the shop. */
export const useSignOut = () => {
  const navigate = useNavigate()
  const { user } = useSession()
  return useCommand({
    send: async (_: void, once) => {
      // Nothing may stand in the way of the sign-out.
      await endPush().catch(() => undefined)
      return run(api.POST('/api/v1/auth/logout', { body: {}, ...once }))
    },
    changes: [],
    onDone: async () => {
      if (user) kept.forget(user.userId)
      signedIn.end()
      await navigate({ to: '/' })
    },
  })
}
