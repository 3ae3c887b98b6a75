import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, type Ref, useCallback } from 'react'
import { messages } from '../../ui/i18n/language'
import { SearchIcon } from '../../ui/icons'
import classes from './SearchField.module.css'
import { changeFilters } from './search'
import { useDraft } from './useDraft'

const DELAY_MS = 250
const MAX_LENGTH = 200

const useTexts = messages({
  en: { label: 'Search products', placeholder: 'Lamps, pens, coffee…' },
  es: { label: 'Buscar productos', placeholder: 'Lamp, pen, coffee…' },
})

type SearchFieldProps = {
  ref?: Ref<HTMLInputElement>
  /** The name of the search, where the header's is on the page, too. */
  landmark?: string
}

/**
 * The field that searches the catalogue. In the catalogue it searches as the person types, on other
 * pages when they press Enter.
 */
export function SearchField({ ref, landmark }: SearchFieldProps) {
  const texts = useTexts()
  const navigate = useNavigate()
  const search = useSearch({ from: '/products', shouldThrow: false })
  const isCatalogue = search !== undefined
  const commit = useCallback(
    (text: string) => {
      const q = text === '' ? undefined : text
      void navigate({
        to: '/products',
        search: changeFilters(search ?? {}, { q }),
        replace: search !== undefined,
      })
    },
    [navigate, search],
  )
  const draft = useDraft(search?.q ?? '', commit, isCatalogue ? DELAY_MS : null)

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    draft.flush()
    // On a phone the keyboard covers the results.
    if (isCatalogue && window.matchMedia('(pointer: coarse)').matches) {
      event.currentTarget.querySelector('input')?.blur()
    }
  }

  return (
    <form role="search" aria-label={landmark} className={classes.form} onSubmit={submit}>
      <SearchIcon size={18} />
      <input
        ref={ref}
        type="search"
        name="q"
        className={classes.input}
        aria-label={texts.label}
        placeholder={texts.placeholder}
        maxLength={MAX_LENGTH}
        autoComplete="off"
        enterKeyHint="search"
        value={draft.text}
        onChange={(event) => draft.edit(event.currentTarget.value)}
      />
    </form>
  )
}
