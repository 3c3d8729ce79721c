import { useEffect, useState } from 'react'

/** Returns a value once it has not changed for a while, as while something is typed. @param pauseMs ms */
export const useSettled = <T>(value: T, pauseMs = 300): T => {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pauseMs)
    return () => clearTimeout(timer)
  }, [value, pauseMs])
  return settled
}
