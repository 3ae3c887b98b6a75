import { ActionIcon, Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useSessionStatus } from '../../api/queries'
import { messages } from '../../ui/i18n/language'
import { PersonIcon } from '../../ui/icons'
import { CartButton } from './CartButton'
import { ColorSchemeButton } from './ColorSchemeButton'
import classes from './Header.module.css'
import { HeaderSearch } from './HeaderSearch'
import { LanguageButton } from './LanguageButton'
import { Mark } from './Mark'

const useTexts = messages({
  en: {
    home: 'ProjectX, home',
    main: 'Main',
    products: 'Products',
    orders: 'Orders',
    signIn: 'Sign in',
    account: 'Your account',
  },
  es: {
    home: 'ProjectX, inicio',
    main: 'Principal',
    products: 'Productos',
    orders: 'Pedidos',
    signIn: 'Entrar',
    account: 'Tu cuenta',
  },
})

/** The header: the shop's name, its places, and the person's. */
export function Header() {
  const texts = useTexts()
  // Until a session is known to have ended, the person's links stay: nothing flashes on a reload.
  const signedIn = useSessionStatus() !== 'signedOut'
  return (
    <header className={classes.header}>
      <div className={classes.bar}>
        <Link to="/" className={classes.brand} aria-label={texts.home}>
          <Mark />
          <span className={classes.name}>ProjectX</span>
        </Link>
        <nav className={classes.nav} aria-label={texts.main}>
          <Link to="/products" className={classes.link}>
            {texts.products}
          </Link>
          {signedIn && (
            <Link to="/orders" className={classes.link}>
              {texts.orders}
            </Link>
          )}
        </nav>
        <HeaderSearch />
        <div className={classes.tools}>
          {/* On a phone they are in the footer. */}
          <div className={classes.preferences}>
            <LanguageButton />
            <ColorSchemeButton />
          </div>
          {signedIn ? (
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={texts.account}
              renderRoot={(props) => <Link to="/account" {...props} />}
            >
              <PersonIcon />
            </ActionIcon>
          ) : (
            <Button
              variant="subtle"
              color="gray"
              size="sm"
              className={classes.signIn}
              renderRoot={(props) => <Link to="/sign-in" {...props} />}
            >
              {texts.signIn}
            </Button>
          )}
          <CartButton />
        </div>
      </div>
    </header>
  )
}
