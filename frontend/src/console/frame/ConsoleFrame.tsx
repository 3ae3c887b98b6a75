import { Outlet } from '@tanstack/react-router'
import { useState } from 'react'
import { KeyboardListener } from '../keyboard/KeyboardListener'
import { Palette } from '../palette/Palette'
import { Toasts } from '../parts/Toasts'
import classes from './ConsoleFrame.module.css'
import { type Me, OperatorContext } from './me'
import { PausesBanner } from './PausesBanner'
import { SideNavigation } from './SideNavigation'
import { StepUpProvider } from './StepUpProvider'
import { texts } from './texts'
import { TopBar } from './TopBar'
import { useFrameKeys } from './useFrameKeys'
import { useNarrow } from './useNarrow'

/** The frame of every page of the console: navigation, bar, content. */
export function ConsoleFrame({ me }: { me: Me }) {
  const [isPaletteOpen, setPaletteOpen] = useState(false)
  const [isMenuOpen, setMenuOpen] = useState(false)
  const [isNarrow, setNarrow] = useNarrow()
  const openPalette = () => setPaletteOpen(true)
  useFrameKeys(openPalette)
  return (
    <OperatorContext value={me}>
      <StepUpProvider email={me.email}>
        <div className={classes.frame} data-narrow={isNarrow} data-environment={me.environment}>
          <a className={classes.skip} href="#content">
            {texts.skip}
          </a>
          <TopBar onSearch={openPalette} onMenu={() => setMenuOpen(true)} />
          <SideNavigation
            isNarrow={isNarrow}
            isOpen={isMenuOpen}
            onNarrow={setNarrow}
            onClose={() => setMenuOpen(false)}
          />
          <div className={classes.page}>
            <PausesBanner />
            <main id="content" className={classes.content}>
              <Outlet />
            </main>
          </div>
        </div>
        {isPaletteOpen && <Palette onClose={() => setPaletteOpen(false)} />}
        <KeyboardListener />
        <Toasts />
      </StepUpProvider>
    </OperatorContext>
  )
}
