import { ActionIcon } from '@mantine/core'
import { Link, useSearch } from '@tanstack/react-router'
import { messages } from '../../ui/i18n/language'
import { SearchIcon } from '../../ui/icons'
import { SearchField } from '../catalogue/SearchField'
import { wishForSearchFocus } from '../catalogue/searchFocus'
import classes from './HeaderSearch.module.css'

const useTexts = messages({
  en: { search: 'Search products' },
  es: { search: 'Buscar productos' },
})

/** The search field of the header. On a phone it is a button that leads to the catalogue's field. */
export function HeaderSearch() {
  const texts = useTexts()
  const search = useSearch({ from: '/products', shouldThrow: false })
  return (
    <>
      <div className={classes.field}>
        <SearchField />
      </div>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        className={classes.button}
        aria-label={texts.search}
        onClick={wishForSearchFocus}
        renderRoot={(props) => <Link to="/products" search={search ?? {}} {...props} />}
      >
        <SearchIcon />
      </ActionIcon>
    </>
  )
}
