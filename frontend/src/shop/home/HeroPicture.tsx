import { useComputedColorScheme } from '@mantine/core'
import classes from './HeroPicture.module.css'

/** The scene at the head of the first page, by day and by night. */
export function HeroPicture() {
  const isDark = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark'
  return (
    <img
      className={classes.picture}
      src={isDark ? '/static/shop/hero-dark.svg' : '/static/shop/hero.svg'}
      alt=""
      width={1600}
      height={800}
      fetchPriority="high"
      decoding="async"
    />
  )
}
