import { useEffect } from 'react'
import { hideKeyHelp, press, useKeyHelp } from './bindings'
import { KeyHelp } from './KeyHelp'

/** The listener to the keys of the whole console, and the dialog that lists them. */
export function KeyboardListener() {
  const isHelpOpen = useKeyHelp()
  useEffect(() => {
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
  return isHelpOpen ? <KeyHelp onClose={hideKeyHelp} /> : null
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || event.isComposing) return
  const isModified = event.ctrlKey || event.metaKey
  const isPalette = isModified && event.key.toLowerCase() === 'k'
  if (isModified && !isPalette) return
  // A dialog has the keyboard for itself; so has a field in which somebody types.
  if (document.querySelector('[role=dialog]') !== null) return
  if (!isPalette && isTaken(event)) return
  if (press(isPalette ? 'Mod+k' : event.key, event.timeStamp)) event.preventDefault()
}

/** Return whether the focused element itself needs the key. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.matches('textarea, select')) return true
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio'].includes(target.type)
  return key === 'Enter' && target.matches('a, button, summary')
}
