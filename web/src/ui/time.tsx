import { useEffect, useState } from 'react'
import { useFormats } from '../i18n/formats.ts'

/** The present moment in ms, read again in an interval. @param everyMs ms */
export const useNow = (everyMs = 30_000): number => {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

const Distance = ({ at }: { readonly at: string }) => {
  const { ago, precise } = useFormats()
  return (
    <time dateTime={at} title={precise(at)}>
      {ago(at, useNow())}
    </time>
  )
}

/** A moment, as its distance from now; the exact one is shown on hover. @param props.at ISO 8601 */
export const Ago = ({ at }: { readonly at: string }) => (
  // Another moment is measured anew: from a present that was read before it, it would seem to be to come.
  <Distance key={at} at={at} />
)

/** A moment with date and time. @param props.at ISO 8601 */
export const Moment = ({ at }: { readonly at: string }) => {
  const { moment } = useFormats()
  return <time dateTime={at}>{moment(at)}</time>
}
