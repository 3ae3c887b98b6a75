import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { Button } from '../parts/Button'
import { CloseIcon, SearchIcon } from '../parts/icons'
import { texts } from '../parts/texts'
import classes from './FilterBar.module.css'

type FilterBarProps = {
  /** The search field, which has a line of its own on a phone. */
  search?: ReactNode
  isFiltered: boolean
  onClear: () => void
  children: ReactNode
}

/** The filters of a list, side by side, with a button that clears them. */
export function FilterBar({ search, isFiltered, onClear, children }: FilterBarProps) {
  return (
    <div className={classes.bar} role="group" aria-label={texts.filters.label}>
      {search}
      <div className={classes.filters}>
        {children}
        {isFiltered && (
          <Button kind="quiet" onClick={onClear}>
            <CloseIcon size={12} />
            {texts.filters.clear}
          </Button>
        )}
      </div>
    </div>
  )
}

type Choice = { value: string; label?: string }
type FilterSelectProps = {
  label: string
  value: string | undefined
  choices: readonly Choice[]
  onChange: (value: string | undefined) => void
}

/** A filter with a few choices. */
export function FilterSelect({ label, value, choices, onChange }: FilterSelectProps) {
  const isKnown = value === undefined || choices.some((choice) => choice.value === value)
  return (
    <label className={classes.filter} data-set={value !== undefined}>
      <span>{label}</span>
      <select
        value={value ?? ''}
        onChange={({ currentTarget }) =>
          onChange(currentTarget.value === '' ? undefined : currentTarget.value)
        }
      >
        <option value="">{texts.filters.any}</option>
        {!isKnown && <option value={value}>{value}</option>}
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label ?? choice.value}
          </option>
        ))}
      </select>
    </label>
  )
}

type FilterTextProps = {
  label: string
  value: string | undefined
  placeholder?: string
  /** The field that the key / focuses. */
  isSearch?: boolean
  /** Values to choose from while typing. */
  suggestions?: readonly string[]
  onChange: (value: string | undefined) => void
}

const PAUSE_MS = 350

/** A filter that is typed. It takes effect after a pause, at once with Enter. */
export function FilterText(props: FilterTextProps) {
  const { label, value = '', placeholder, isSearch = false, suggestions, onChange } = props
  const id = useId()
  const [draft, setDraft] = useState({ value, text: value })
  // A value that comes from elsewhere, such as the back button, replaces what was typed.
  const text = draft.value === value ? draft.text : value
  const timer = useRef(0)
  useEffect(() => () => clearTimeout(timer.current), [])
  const commit = (typed: string) => {
    clearTimeout(timer.current)
    if (typed.trim() !== value) onChange(typed.trim() === '' ? undefined : typed.trim())
  }
  return (
    <label className={classes.filter} data-set={value !== ''} data-search={isSearch}>
      {isSearch ? <SearchIcon size={14} /> : null}
      <span className={isSearch ? 'visually-hidden' : undefined}>{label}</span>
      <input
        type={isSearch ? 'search' : 'text'}
        value={text}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        list={suggestions && id}
        onChange={({ currentTarget }) => {
          const typed = currentTarget.value
          setDraft({ value, text: typed })
          clearTimeout(timer.current)
          timer.current = window.setTimeout(() => commit(typed), PAUSE_MS)
        }}
        // A click on a link leads on: the filter must not come after it.
        onBlur={({ currentTarget }) => commit(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit(event.currentTarget.value)
          if (event.key !== 'Escape') return
          // The browser would empty the field, and with it the filter.
          event.preventDefault()
          event.currentTarget.blur()
        }}
      />
      {suggestions && (
        <datalist id={id}>
          {suggestions.map((suggestion) => (
            <option key={suggestion}>{suggestion}</option>
          ))}
        </datalist>
      )}
    </label>
  )
}
