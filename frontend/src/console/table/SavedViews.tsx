import { useState } from 'react'
import { Button } from '../parts/Button'
import { Dropdown, DropdownItem } from '../parts/Dropdown'
import { BookmarkIcon, CloseIcon } from '../parts/icons'
import { texts } from '../parts/texts'
import classes from './Menus.module.css'
import { useViews, type View } from './views'

type SavedViewsProps = {
  /** The name under which the browser remembers the views of this list. */
  list: string
  /** The filters and columns that are in force now. */
  current: { search: Readonly<Record<string, string | undefined>>; columns: readonly string[] }
  onOpen: (view: View) => void
}

/** The menu of the saved views: open one, save the present one by a name, remove one. */
export function SavedViews({ list, current, onOpen }: SavedViewsProps) {
  const { views, save, remove } = useViews(list)
  const [name, setName] = useState('')
  return (
    <Dropdown
      align="end"
      label={texts.views.title}
      trigger={
        <>
          <BookmarkIcon size={14} />
          {texts.views.title}
        </>
      }
    >
      {views.length === 0 && <p className={classes.note}>{texts.views.none}</p>}
      {views.map((view) => (
        <div key={view.name} className={classes.view}>
          <DropdownItem onSelect={() => onOpen(view)}>{view.name}</DropdownItem>
          <Button
            kind="quiet"
            label={texts.views.remove(view.name)}
            onClick={() => remove(view.name)}
          >
            <CloseIcon size={12} />
          </Button>
        </div>
      ))}
      <form
        className={classes.footer}
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim() === '') return
          save({
            name: name.trim(),
            search: withoutPlace(current.search),
            columns: current.columns,
          })
          setName('')
        }}
      >
        <input
          value={name}
          maxLength={60}
          placeholder={texts.views.name}
          aria-label={texts.views.name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" isDisabled={name.trim() === ''}>
          {texts.views.save}
        </Button>
      </form>
    </Dropdown>
  )
}

/** Return the set filters of a search: a view begins on the first page. */
function withoutPlace(search: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(
    Object.entries(search).flatMap(([name, value]) =>
      value === undefined || name === 'cursor' ? [] : [[name, value] as const],
    ),
  )
}
