/** The texts of the palette. */
export const texts = {
  title: 'Search',
  placeholder: 'Search anything: order number, email, pi_…, request, tracking number',
  results: 'Results',
  goTo: 'Go to',
  action: 'Do',
  list: 'List',
  pause: 'Pause the updates',
  resume: 'Resume the updates',
  nothing: (query: string) =>
    `Nothing is called ${query}. Paste a whole id, an order number, or an email address.`,
  searching: 'Searching …',
  count: (count: number) => (count === 1 ? 'One result' : `${count} results`),
  hints: [
    ['↑↓', 'choose'],
    ['↵', 'open'],
    ['esc', 'close'],
  ],
} as const
