import { useState } from 'react'
import type { Action } from './actions'

/** What an operator has typed into a dialog: the reason and the fields by their names. */
export type Draft = { reason: string; fields: Readonly<Record<string, string>> }

const EMPTY: Draft = { reason: '', fields: {} }

/**
 * Return a draft that this tab remembers until it is done or given up, so that a session that ends
 * meanwhile, or a reload, loses nothing.
 */
export function useDraft(name: string) {
  const key = `console-draft ${name}`
  const [draft, setDraft] = useState(() => readDraft(key))
  const change = (changes: Partial<Draft>) => {
    const next = { ...draft, ...changes }
    setDraft(next)
    writeDraft(key, next)
  }
  return { draft, change, forget: () => writeDraft(key, null) }
}

function readDraft(key: string): Draft {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(key) ?? 'null')
    return isDraft(value) ? value : EMPTY
  } catch {
    return EMPTY
  }
}

function writeDraft(key: string, draft: Draft | null): void {
  try {
    if (draft === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, JSON.stringify(draft))
  } catch {
    // Storage is blocked: the draft lasts as long as the dialog.
  }
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== 'object' || value === null) return false
  if (!('reason' in value) || typeof value.reason !== 'string') return false
  if (!('fields' in value) || typeof value.fields !== 'object' || value.fields === null)
    return false
  return Object.values(value.fields).every((field) => typeof field === 'string')
}

/** Return the fields of an action that were filled in, as the API takes them. */
export function fieldsOf(
  { needs }: Pick<Action, 'needs'>,
  { fields }: Draft,
): Record<string, string> {
  return Object.fromEntries(
    needs.flatMap(({ name, kind }) => {
      const value = fields[name]?.trim() ?? ''
      const text = kind === 'amount' ? value.replace(',', '.') : value
      return text === '' ? [] : [[name, text]]
    }),
  )
}
