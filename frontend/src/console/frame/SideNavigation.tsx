import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { CloseIcon, SidebarIcon } from '../parts/icons'
import { NAVIGATION, type NavigationItem } from './navigation'
import classes from './SideNavigation.module.css'
import { texts } from './texts'

type SideNavigationProps = {
  /** Only the icons, to leave more room for the page. */
  isNarrow: boolean
  /** On a phone: whether it covers the page. */
  isOpen: boolean
  onNarrow: (isNarrow: boolean) => void
  onClose: () => void
}

const GROUPS = ['work', 'shop', 'system'] as const

/** The navigation at the side. On a phone it covers the page until a place is chosen. */
export function SideNavigation({ isNarrow, isOpen, onNarrow, onClose }: SideNavigationProps) {
  const close = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!isOpen) return undefined
    close.current?.focus()
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape') onClose()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [isOpen, onClose])
  return (
    <>
      {/* A click beside the navigation closes it; the keyboard has the button and Escape. */}
      {isOpen && (
        <button
          type="button"
          tabIndex={-1}
          className={classes.shade}
          aria-label={texts.closeMenu}
          onClick={onClose}
        />
      )}
      <nav
        className={classes.side}
        data-open={isOpen}
        data-narrow={isNarrow}
        aria-label={texts.navigation}
      >
        <button
          ref={close}
          type="button"
          className={classes.close}
          aria-label={texts.closeMenu}
          onClick={onClose}
        >
          <CloseIcon />
        </button>
        {GROUPS.map((group) => (
          <Group
            key={group}
            label={texts.groups[group]}
            items={NAVIGATION.filter((item) => item.group === group)}
            onGo={onClose}
          />
        ))}
        <button
          type="button"
          className={classes.narrow}
          aria-label={isNarrow ? texts.wide : texts.narrow}
          title={isNarrow ? texts.wide : texts.narrow}
          onClick={() => onNarrow(!isNarrow)}
        >
          <SidebarIcon />
        </button>
      </nav>
    </>
  )
}

type GroupProps = { label: string; items: readonly NavigationItem[]; onGo: () => void }

function Group({ label, items, onGo }: GroupProps) {
  if (items.length === 0) return null
  return (
    <div className={classes.group}>
      <p className={classes.label}>{label}</p>
      <ul>
        {items.map(({ to, label: name, Icon }) => (
          <li key={to}>
            <Link
              to={to}
              className={classes.link}
              title={name}
              activeOptions={{ exact: to === '/console', includeSearch: false }}
              onClick={onGo}
            >
              <Icon />
              <span className={classes.name}>{name}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  )
}
