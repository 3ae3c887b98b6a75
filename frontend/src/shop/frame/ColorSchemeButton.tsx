import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { messages } from '../../ui/i18n/language'
import { MoonIcon, SunIcon } from '../../ui/icons'

const useTexts = messages({
  en: { dark: 'Switch to dark colours', light: 'Switch to light colours' },
  es: { dark: 'Cambiar a colores oscuros', light: 'Cambiar a colores claros' },
})

/** The button that switches between light and dark. */
export function ColorSchemeButton() {
  const texts = useTexts()
  const { setColorScheme } = useMantineColorScheme()
  const isDark = useComputedColorScheme('light') === 'dark'
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={isDark ? texts.light : texts.dark}
      onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
    >
      {isDark ? <SunIcon /> : <MoonIcon />}
    </ActionIcon>
  )
}
