import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react'
import classes from './Dropdown.module.css'

type DropdownProps = {
  /** The accessible name of the button. */
  label: string
  trigger: ReactNode
  align?: 'start' | 'end'
  children: ReactNode
}

/** The function that closes the dropdown around a choice. */
const CloseContext = createContext<() => void>(() => undefined)

/** A button with a panel of choices below it. Escape, and a click elsewhere, close the panel. */
export function Dropdown({ label, trigger, align = 'start', children }: DropdownProps) {
  const id = useId()
  const place = useRef<HTMLDivElement>(null)
  const [isOpen, setOpen] = useState(false)
  const close = useCallback(() => setOpen(false), [])
  useEffect(() => {
    const element = place.current
    if (!isOpen || element === null) return undefined
    findControl(element, 0)?.focus()
    return listen(element, close)
  }, [isOpen, close])
  return (
    <div ref={place} className={classes.place}>
      <button
        type="button"
        className={classes.button}
        aria-label={label}
        title={label}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        {trigger}
      </button>
      {isOpen && (
        <CloseContext value={close}>
          <div id={id} role="group" aria-label={label} className={classes.panel} data-align={align}>
            {children}
          </div>
        </CloseContext>
      )}
    </div>
  )
}

/** Close an open dropdown by Escape or a click elsewhere, and move in it by the arrow keys. */
function listen(place: HTMLElement, close: () => void): () => void {
  const onPointerDown = ({ target }: Event) => {
    if (target instanceof Node && !place.contains(target)) close()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation()
      close()
      place.querySelector('button')?.focus()
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (by === undefined || event.target instanceof HTMLSelectElement) return
    event.preventDefault()
    findControl(place, by)?.focus()
  }
  document.addEventListener('pointerdown', onPointerDown)
  place.addEventListener('keydown', onKeyDown)
  return () => {
    document.removeEventListener('pointerdown', onPointerDown)
    place.removeEventListener('keydown', onKeyDown)
  }
}

/** Return the control `step` places after the focused one within the panel; the first for 0. */
function findControl(place: HTMLElement, step: number): HTMLElement | undefined {
  const panel = place.querySelector('[role=group]')
  const controls = [...(panel?.querySelectorAll<HTMLElement>('a, button, input, select') ?? [])]
  if (step === 0) return controls[0]
  const current = controls.findIndex((control) => control === document.activeElement)
  return controls[(current + step + controls.length) % controls.length]
}

type ItemProps = { className?: string; onClick: () => void; children: ReactNode }
type DropdownItemProps = {
  children: ReactNode
  /** Keys that do the same, or a count. */
  hint?: string
  onSelect?: () => void
  /** Render a link instead of a button. */
  render?: (props: ItemProps) => ReactNode
}

/** A choice in a dropdown, which closes it. */
export function DropdownItem({ children, hint, onSelect, render }: DropdownItemProps) {
  const close = useContext(CloseContext)
  const onClick = () => {
    close()
    onSelect?.()
  }
  const content = (
    <>
      <span>{children}</span>
      {hint !== undefined && <kbd>{hint}</kbd>}
    </>
  )
  if (render !== undefined) return render({ className: classes.item, onClick, children: content })
  return (
    <button type="button" className={classes.item} onClick={onClick}>
      {content}
    </button>
  )
}
