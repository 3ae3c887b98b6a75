import { useState } from 'react'

/** What was typed into a form or a dialog, by the names of its fields. */
export type Draft = Readonly<Record<string, string>>

const PREFIX = 'console-draft '
const NONE: Draft = {}

/**
 * Return what was typed under a name. This tab remembers it until it is sent or given up, so that a
 * session that ends meanwhile, or a reload, loses nothing.
 */
export function useDraft(name: string) {
  const [draft, setDraft] = useState(() => readDraft(name))
  return {
    draft,
    change: (changes: Draft) => {
      const next = { ...draft, ...changes }
      setDraft(next)
      write(name, next)
    },
    clear: () => {
      setDraft(NONE)
      write(name, null)
    },
  }
}

function readDraft(name: string): Draft {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(PREFIX + name) ?? 'null')
    return isDraft(value) ? value : NONE
  } catch {
    return NONE
  }
}

function write(name: string, draft: Draft | null): void {
  try {
    if (draft === null) sessionStorage.removeItem(PREFIX + name)
    else sessionStorage.setItem(PREFIX + name, JSON.stringify(draft))
  } catch {
    // Storage is blocked: the draft lasts as long as the form.
  }
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).every((each) => typeof each === 'string')
}
