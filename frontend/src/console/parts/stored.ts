import { useState } from 'react'

/** Values that this browser remembers: chosen columns, saved views, the shape of the frame. */

/** Return the remembered value, or null. */
export function readStored(key: string): unknown {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    return value
  } catch {
    // Storage is blocked, or the value is not ours.
    return null
  }
}

export function writeStored(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch {
    // Storage is blocked: the value lasts until the next reload.
  }
}

/** Return a state that is remembered under `key`. `read` checks what was stored. */
export function useStored<Value>(key: string, read: () => Value): [Value, (value: Value) => void] {
  const [value, setValue] = useState(read)
  const change = (next: Value) => {
    setValue(next)
    writeStored(key, next)
  }
  return [value, change]
}
