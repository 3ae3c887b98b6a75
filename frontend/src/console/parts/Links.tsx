import type { ReactNode } from 'react'
import { useRouter } from '@tanstack/react-router'
import { ExternalIcon } from './icons'
import classes from './Links.module.css'

type LinksProps = { links: readonly { label: string; url: string }[] }

/** Links that the server gives: to pages of the console, and to other systems in a new tab. */
export function Links({ links }: LinksProps) {
  if (links.length === 0) return null
  return (
    <ul className={classes.links}>
      {links.map(({ label, url }) => (
        <li key={`${label} ${url}`}>
          {url.startsWith('/') ? (
            <ConsoleLink url={url}>{label}</ConsoleLink>
          ) : (
            <a href={url} target="_blank" rel="noreferrer">
              {label} <ExternalIcon size={12} />
            </a>
          )}
        </li>
      ))}
    </ul>
  )
}

type ConsoleLinkProps = {
  url: string
  /** The name for screen readers, where the text is a figure alone. */
  label?: string | undefined
  children: ReactNode
}

/** A link to a page of the console by its path with filters, as the server writes it. */
export function ConsoleLink({ url, label, children }: ConsoleLinkProps) {
  const { history } = useRouter()
  return (
    <a
      href={url}
      aria-label={label}
      onClick={(event) => {
        const isPlain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
        if (!isPlain || event.button !== 0) return
        event.preventDefault()
        history.push(url)
      }}
    >
      {children}
    </a>
  )
}
