import { type RefObject, useEffect, useRef } from 'react'

// A wish outlives the moment in which the page of the catalogue is being loaded.
let isWished = false
let fulfil: (() => void) | null = null

/** Let the search field of the catalogue take the focus, now or once its page is there. */
export function wishForSearchFocus(): void {
  isWished = true
  fulfil?.()
}

/** Return the ref of the search field that takes the focus when that is wished for. */
export function useSearchFocus(): RefObject<HTMLInputElement | null> {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    fulfil = () => {
      if (isWished) field.current?.focus()
      isWished = false
    }
    fulfil()
    return () => {
      fulfil = null
    }
  }, [])
  return field
}
