import { Outlet } from '@tanstack/react-router'
import { Announcer } from '../../ui/Announcer'
import { messages } from '../../ui/i18n/language'
import { Footer } from './Footer'
import { Header } from './Header'
import { OfflineBar } from './OfflineBar'
import classes from './ShopFrame.module.css'
import { TestShopBar } from './TestShopBar'

const useTexts = messages({ en: { skip: 'Skip to content' }, es: { skip: 'Ir al contenido' } })

/** The frame of every page of the shop: header, content, footer. */
export function ShopFrame() {
  const texts = useTexts()
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#content">
        {texts.skip}
      </a>
      <TestShopBar />
      <OfflineBar />
      <Header />
      <main id="content" className={classes.content}>
        <Outlet />
      </main>
      <Footer />
      <Announcer />
    </div>
  )
}
