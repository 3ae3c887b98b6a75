/**
 * Focus the heading of the part of the page that has this control.
 *
 * For controls that go away when they are pressed: the focus would be lost with them.
 */
export function focusHeading(control: Element): void {
  const part = control.closest('section, dialog, main')
  const heading = part?.querySelector<HTMLElement>('h1, h2')
  if (!heading) return
  heading.tabIndex = -1
  heading.focus()
}
