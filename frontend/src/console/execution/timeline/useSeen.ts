import { useEffect, useRef } from 'react'

/** Return the ref of an element, such as the end of a list: `onSeen` runs when it scrolls in. */
export function useSeen(onSeen: (() => void) | undefined) {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const target = element.current
    if (target === null || onSeen === undefined) return undefined
    const observer = new IntersectionObserver((changes) => {
      if (changes.some((change) => change.isIntersecting)) onSeen()
    })
    observer.observe(target)
    return () => observer.disconnect()
  })
  return element
}
