import { Modal } from '@mantine/core'
import { type KeyboardEvent, useId, useState } from 'react'
import { FailureNote } from '../parts/FailureNote'
import { SearchIcon } from '../parts/icons'
import { step } from './matches'
import classes from './Palette.module.css'
import { PaletteRow } from './PaletteRow'
import { texts } from './texts'
import { usePaletteItems } from './usePaletteItems'
import { useSearchResults } from './useSearchResults'

/** Focus the field at once: the modal itself does so later, and what is typed meanwhile is lost. */
function takeFocus(field: HTMLInputElement | null): void {
  field?.focus()
}

/** The palette: search for anything, go anywhere, do what every page offers. */
export function Palette({ onClose }: { onClose: () => void }) {
  const id = useId()
  const [query, setQuery] = useState('')
  const [place, setPlace] = useState(0)
  const search = useSearchResults(query.trim())
  const items = [...search.items, ...usePaletteItems(query)]
  const current = Math.min(place, Math.max(items.length - 1, 0))
  const choose = (index: number) => {
    const item = items[index]
    if (item === undefined) return
    onClose()
    item.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (by !== undefined) setPlace(step(current, by, items.length))
    else if (event.key === 'Enter') choose(current)
    else return
    event.preventDefault()
  }
  return (
    <Modal.Root
      opened
      size={620}
      radius={12}
      yOffset="12vh"
      transitionProps={{ duration: 100 }}
      onClose={onClose}
    >
      <Modal.Overlay backgroundOpacity={0.35} />
      <Modal.Content aria-label={texts.title}>
        <div className={classes.field}>
          <SearchIcon />
          <input
            data-autofocus
            ref={takeFocus}
            className={classes.input}
            value={query}
            placeholder={texts.placeholder}
            aria-label={texts.title}
            role="combobox"
            aria-expanded
            aria-controls={id}
            aria-activedescendant={items.length > 0 ? `${id}-${current}` : undefined}
            autoComplete="off"
            spellCheck={false}
            onKeyDown={onKeyDown}
            onChange={(event) => {
              setQuery(event.currentTarget.value)
              setPlace(0)
            }}
          />
        </div>
        <FailureNote error={search.error} />
        <div id={id} role="listbox" aria-label={texts.results} className={classes.list}>
          {items.map((item, index) => (
            <PaletteRow
              key={`${item.kind} ${item.id}`}
              id={`${id}-${index}`}
              item={item}
              isCurrent={index === current}
              onPoint={() => setPlace(index)}
              onChoose={() => choose(index)}
            />
          ))}
        </div>
        <p className={classes.note} role="status">
          {search.isSearching && texts.searching}
          {!search.isSearching && items.length === 0 && texts.nothing(query.trim())}
        </p>
        <div className={classes.hints} aria-hidden="true">
          {texts.hints.map(([key, meaning]) => (
            <span key={key}>
              <kbd>{key}</kbd> {meaning}
            </span>
          ))}
        </div>
      </Modal.Content>
    </Modal.Root>
  )
}
