import {
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  rem,
  type VariantColorsResolver,
} from '@mantine/core'

// The accent: fired clay. White text has a contrast of 5 : 1 on shade 7.
const clay: MantineColorsTuple = [
  '#fdf3ee',
  '#f9e3d8',
  '#f2c4ae',
  '#eca583',
  '#e88d62',
  '#d97445',
  '#c75f33',
  '#b04e28',
  '#8f3f21',
  '#6d301a',
]

const sand: MantineColorsTuple = [
  '#fbf8f3',
  '#f4eee5',
  '#e7dfd3',
  '#d3c8b8',
  '#b3a695',
  '#8c8072',
  '#6a6055',
  '#4a423a',
  '#2b2621',
  '#181512',
]

// Mantine's dark surfaces, warmed.
const dark: MantineColorsTuple = [
  '#f1ebe2',
  '#d8d0c5',
  '#b5aa9c',
  '#8a8073',
  '#4a423a',
  '#38322c',
  '#26221d',
  '#1f1b17',
  '#181512',
  '#110f0c',
]

/** Colours of controls in the accent and of dangerous ones: tokens, with enough contrast. */
const resolveColors: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input)
  const token = input.color === 'red' ? 'danger' : 'accent'
  const hasToken = [undefined, 'clay', 'red'].includes(input.color)
  if (!hasToken) return colors
  if (input.variant === 'filled') {
    return {
      ...colors,
      background: `var(--${token}-fill)`,
      hover: `var(--${token}-fill-hover)`,
      color: `var(--on-${token})`,
    }
  }
  if (input.variant === 'outline' || input.variant === 'subtle') {
    return token === 'danger'
      ? { ...colors, color: 'var(--state-failed)', hover: 'var(--state-failed-soft)' }
      : { ...colors, color: 'var(--accent)', hover: 'var(--accent-soft)' }
  }
  return colors
}

export const theme = createTheme({
  colors: { clay, sand, dark },
  primaryColor: 'clay',
  primaryShade: { light: 7, dark: 4 },
  variantColorResolver: resolveColors,
  white: '#ffffff',
  black: '#2b2621',
  fontFamily: "'Inter Variable', 'Inter Fallback', system-ui, sans-serif",
  headings: {
    fontFamily: "'Fraunces Variable', 'Fraunces Fallback', Georgia, serif",
    fontWeight: '560',
    sizes: {
      h1: { fontSize: rem(40), lineHeight: '1.1' },
      h2: { fontSize: rem(28), lineHeight: '1.2' },
      h3: { fontSize: rem(20), lineHeight: '1.3' },
    },
  },
  fontSizes: { xs: rem(12), sm: rem(14), md: rem(16), lg: rem(20), xl: rem(28) },
  spacing: { xs: rem(8), sm: rem(12), md: rem(16), lg: rem(24), xl: rem(40) },
  radius: { xs: rem(4), sm: rem(6), md: rem(8), lg: rem(16), xl: rem(24) },
  defaultRadius: 'md',
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'md' } },
    TextInput: { defaultProps: { size: 'md' } },
    Select: { defaultProps: { size: 'md' } },
    Drawer: { defaultProps: { transitionProps: { duration: 180 } } },
  },
})
