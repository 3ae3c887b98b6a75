import { Link } from '@tanstack/react-router'
import { messages } from '../../ui/i18n/language'
import { ColorSchemeButton } from './ColorSchemeButton'
import classes from './Footer.module.css'
import { LanguageButton } from './LanguageButton'

const useTexts = messages({
  en: {
    shop: 'Shop',
    allProducts: 'All products',
    orders: 'Your orders',
    cart: 'Cart',
    help: 'Help',
    about: 'About',
    terms: 'Terms',
    privacy: 'Privacy',
    developers: 'Developers',
    api: 'The API',
    claim: 'Well-made things for a desk and a home.',
  },
  es: {
    shop: 'Tienda',
    allProducts: 'Todos los productos',
    orders: 'Tus pedidos',
    cart: 'Cesta',
    help: 'Ayuda',
    about: 'Sobre la tienda',
    terms: 'Condiciones',
    privacy: 'Privacidad',
    developers: 'Desarrollo',
    api: 'La API',
    claim: 'Cosas bien hechas para el escritorio y la casa.',
  },
})

/** The footer: all places of the shop. */
export function Footer() {
  const texts = useTexts()
  return (
    <footer className={classes.footer}>
      <div className={classes.columns}>
        <div>
          <p className={classes.name}>ProjectX</p>
          <p className={classes.claim}>{texts.claim}</p>
          <div className={classes.preferences}>
            <LanguageButton />
            <ColorSchemeButton />
          </div>
        </div>
        <nav aria-label={texts.shop}>
          <h2 className={classes.title}>{texts.shop}</h2>
          <Link to="/products">{texts.allProducts}</Link>
          <Link to="/cart">{texts.cart}</Link>
          <Link to="/orders">{texts.orders}</Link>
        </nav>
        <nav aria-label={texts.help}>
          <h2 className={classes.title}>{texts.help}</h2>
          <Link to="/about">{texts.about}</Link>
          <Link to="/terms">{texts.terms}</Link>
          <Link to="/privacy">{texts.privacy}</Link>
        </nav>
        <nav aria-label={texts.developers}>
          <h2 className={classes.title}>{texts.developers}</h2>
          <a href="/docs">{texts.api}</a>
        </nav>
      </div>
    </footer>
  )
}
