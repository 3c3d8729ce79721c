import { useEffect, useSyncExternalStore } from 'react'

/** Interval in which the page looks for a newer release, in ms. */
const everyMs = 5 * 60_000

let isOutdated = false
const listeners = new Set<() => void>()

const noteOutdated = (): void => {
  isOutdated = true
  for (const listener of listeners) listener()
}

/** Path of the script that this page began with; each release has its own. */
const ownScript = (): string | null =>
  document.querySelector('script[type="module"][src]')?.getAttribute('src') ?? null

const look = async (): Promise<void> => {
  const own = ownScript()
  const response = await fetch('/', { headers: { accept: 'text/html' }, cache: 'no-store' })
  if (!response.ok || own === null || own.startsWith('/src/')) return
  if (!(await response.text()).includes(own)) noteOutdated()
}

/**
 * Whether the server has a newer release than this page, so that a reload is due. A page whose chunk is gone by then is
 * loaded anew by the router.
 */
export const useIsOutdated = (): boolean => {
  useEffect(() => {
    const timer = setInterval(() => void look().catch(() => undefined), everyMs)
    return () => clearInterval(timer)
  }, [])
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => isOutdated,
  )
}
