/** The texts of the console's frame. The console is in English only. */
export const texts = {
  brand: 'ProjectX',
  console: 'Console',
  navigation: 'Console',
  skip: 'Skip to content',
  openMenu: 'Open the navigation',
  closeMenu: 'Close the navigation',
  narrow: 'Collapse the navigation',
  wide: 'Expand the navigation',
  search: 'Search anything',
  groups: { work: 'Work', shop: 'Shop', system: 'System' },
  live: {
    live: 'Live',
    paused: 'Paused',
    offline: 'Offline',
    pause: 'Live. Pause the updates',
    resume: 'Paused. Resume the updates',
    offlineHint: 'Offline. What you see may be out of date',
  },
  account: 'Your account',
  toShop: 'Open the shop',
  signOut: 'Sign out',
  keys: 'Keyboard shortcuts',
  dark: 'Use dark colours',
  light: 'Use light colours',
  version: (version: string) => `Version ${version}`,
  needsRole: (role: string) => `Only the role ${role} may do this.`,
  keyLabels: {
    filter: 'Search this page',
    refresh: 'Refresh',
    refreshed: 'Refreshing',
    pause: 'Pause or resume the updates',
    go: (page: string) => `Go to ${page}`,
  },
  notAllowed: {
    title: 'This is the console of the staff',
    lead: (email: string) =>
      `${email} has no role here. Ask an administrator for the role staff, or sign in with another address.`,
    leadUnknown:
      'You have no role here. Ask an administrator for the role staff, or sign in with another address.',
  },
  missing: {
    title: 'The console has no such page',
    lead: 'The address may be mistyped. Press ⌘K or Ctrl K to search for anything.',
    back: 'Go to the executions',
  },
  pauses: {
    label: 'Pauses in force',
    paused: (kind: string, name: string) => `The ${kind} ${name} is paused`,
    by: (who: string) => `by ${who}`,
  },
  stepUpCancelled: 'Nothing was done: the action needs a fresh proof of identity.',
} as const
