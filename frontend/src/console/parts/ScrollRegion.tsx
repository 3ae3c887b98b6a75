import { type ReactNode, useLayoutEffect, useRef } from 'react'

type ScrollRegionProps = {
  label: string
  className?: string
  isStale?: boolean
  children: ReactNode
}

/** A part that scrolls by itself. The keyboard can focus it while there is something to scroll. */
export function ScrollRegion({ label, className, isStale, children }: ScrollRegionProps) {
  const region = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = region.current
    if (element === null) return undefined
    const update = () => {
      const isWide = element.scrollWidth > element.clientWidth
      if (isWide || element.scrollHeight > element.clientHeight) element.tabIndex = 0
      else element.removeAttribute('tabindex')
    }
    update()
    const observer = new ResizeObserver(update)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return (
    <div ref={region} role="region" aria-label={label} className={className} aria-busy={isStale}>
      {children}
    </div>
  )
}
