import { useCallback, useEffect, useRef, useState } from 'react'

export type Draft = {
  text: string
  /** Change the text; it takes effect after the delay. */
  edit: (text: string) => void
  /** Let the text take effect now. */
  flush: () => void
}

/**
 * Return a text that is edited in a field and takes effect `delay` milliseconds after the last
 * change, by `commit`. With no delay it takes effect only when it is flushed. The text follows
 * `value` when that changes otherwise, such as by the back button.
 */
export function useDraft(
  value: string,
  commit: (text: string) => void,
  delay: number | null,
): Draft {
  const [text, setText] = useState(value)
  const committed = useRef(value)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  useEffect(() => {
    if (value === committed.current) return
    clearTimeout(timer.current)
    committed.current = value
    setText(value)
  }, [value])
  useEffect(() => () => clearTimeout(timer.current), [])

  const apply = useCallback(
    (edited: string) => {
      clearTimeout(timer.current)
      const next = edited.trim()
      if (next === committed.current) return
      committed.current = next
      commit(next)
    },
    [commit],
  )
  return {
    text,
    edit(edited) {
      setText(edited)
      clearTimeout(timer.current)
      if (delay !== null) timer.current = setTimeout(() => apply(edited), delay)
    },
    flush: () => apply(text),
  }
}
