/** The texts of the keyboard's help. */
export const texts: { title: string; names: Record<string, string> } = {
  title: 'Keyboard shortcuts',
  names: { 'Mod+k': '⌘K or Ctrl K', Enter: '↵ Enter' },
}
