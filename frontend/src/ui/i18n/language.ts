import { createContext, useContext, useSyncExternalStore } from 'react'

export const LANGUAGES = { en: 'English', es: 'Español' } as const
export type Language = keyof typeof LANGUAGES

const STORAGE_KEY = 'language'
const listeners = new Set<() => void>()
let current = detectLanguage()
document.documentElement.lang = current

/** The language of a part that has one only, whatever the person has chosen. */
export const FixedLanguage = createContext<Language | null>(null)

/** Return the language of the interface. */
export function useLanguage(): Language {
  const chosen = useSyncExternalStore(subscribe, () => current)
  return useContext(FixedLanguage) ?? chosen
}

/** Change the language of the interface, now and after a reload. */
export function setLanguage(language: Language): void {
  current = language
  document.documentElement.lang = language
  try {
    localStorage.setItem(STORAGE_KEY, language)
  } catch {
    // Storage is blocked: the choice lasts until the next reload.
  }
  for (const listener of listeners) listener()
}

/**
 * Return a hook that gives the texts of the current language.
 *
 * Both languages have the same keys: a missing translation is a type error.
 */
export function messages<Texts>(texts: { en: Texts; es: NoInfer<Texts> }): () => Texts {
  return () => texts[useLanguage()]
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function detectLanguage(): Language {
  let stored: string | null = null
  try {
    stored = localStorage.getItem(STORAGE_KEY)
  } catch {
    // Storage is blocked: follow the browser.
  }
  const wishes = stored === null ? navigator.languages : [stored, ...navigator.languages]
  const codes = wishes.map((wish) => wish.slice(0, 2).toLowerCase())
  return codes.find(isLanguage) ?? 'en'
}

function isLanguage(code: string): code is Language {
  return code in LANGUAGES
}
