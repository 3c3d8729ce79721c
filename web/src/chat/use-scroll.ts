import { useEffect, useLayoutEffect, useRef, useState, type RefObject, type UIEvent } from 'react'

/** Distance from an edge within which it counts as reached, in px. */
const near = 60

/**
 * The scroll position of a list that grows at both ends: at its end it follows new entries, elsewhere what is in view stays
 * where it is as earlier entries come.
 * @param first id of the first entry
 * @param last id of the last entry
 * @param isLastOwn whether the user has written the last entry, which is shown in any case
 * @param onStart called near the start of the list
 */
export const useScroll = ({
  first,
  last,
  isLastOwn,
  onStart,
}: {
  readonly first: string | undefined
  readonly last: string | undefined
  readonly isLastOwn: boolean
  readonly onStart: () => void
}): {
  readonly list: RefObject<HTMLDivElement | null>
  /** The element in the list whose size is that of all entries. */
  readonly content: RefObject<HTMLDivElement | null>
  readonly onScroll: (event: UIEvent<HTMLDivElement>) => void
  readonly isAtEnd: boolean
  readonly toEnd: () => void
} => {
  const list = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const [isAtEnd, setIsAtEnd] = useState(true)
  /** How it was as the next entry comes. */
  const wasAtEnd = useRef(true)
  const shown = useRef<{ readonly first: string | undefined; readonly fromEnd: number }>(undefined)

  const toEnd = (): void => {
    const element = list.current
    if (element) element.scrollTop = element.scrollHeight
  }
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    const before = shown.current
    if (before && before.first !== first) element.scrollTop = element.scrollHeight - before.fromEnd
    shown.current = { first, fromEnd: element.scrollHeight - element.scrollTop }
  }, [first])
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    if (wasAtEnd.current || isLastOwn) element.scrollTop = element.scrollHeight
    const { scrollHeight, scrollTop } = element
    shown.current = { first: shown.current?.first, fromEnd: scrollHeight - scrollTop }
  }, [last, isLastOwn])
  const isShown = last !== undefined
  useEffect(() => {
    if (!content.current) return undefined
    // Entries grow as their pictures and files become known.
    const observer = new ResizeObserver(() => {
      if (wasAtEnd.current && list.current) list.current.scrollTop = list.current.scrollHeight
    })
    observer.observe(content.current)
    return () => observer.disconnect()
  }, [isShown])
  return {
    list,
    content,
    onScroll: ({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
      shown.current = { first: shown.current?.first, fromEnd: scrollHeight - scrollTop }
      wasAtEnd.current = scrollHeight - scrollTop - clientHeight < near
      setIsAtEnd(wasAtEnd.current)
      if (scrollTop < near) onStart()
    },
    isAtEnd,
    toEnd,
  }
}
