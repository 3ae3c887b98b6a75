import { MenuIcon, SearchIcon } from '../parts/icons'
import { LiveIndicator } from './LiveIndicator'
import { useOperator } from './me'
import { OperatorMenu } from './OperatorMenu'
import classes from './TopBar.module.css'
import { texts } from './texts'

type TopBarProps = { onSearch: () => void; onMenu: () => void }

/** The bar above the console, in the colour of its environment. */
export function TopBar({ onSearch, onMenu }: TopBarProps) {
  const { environment } = useOperator()
  return (
    <header className={classes.bar}>
      <button type="button" className={classes.menu} aria-label={texts.openMenu} onClick={onMenu}>
        <MenuIcon />
      </button>
      <span className={classes.brand}>{texts.brand}</span>
      <span className={classes.environment}>{environment}</span>
      <button type="button" className={classes.search} onClick={onSearch}>
        <SearchIcon />
        <span className={classes.words}>{texts.search}</span>
        <kbd aria-hidden="true">{IS_APPLE ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <LiveIndicator />
      <OperatorMenu />
    </header>
  )
}

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent)
