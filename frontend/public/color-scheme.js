// Set the colours before the first paint, so that nothing flashes: dark or light, shop or console.
;(() => {
  let chosen = null
  try {
    chosen = localStorage.getItem('color-scheme')
  } catch {
    // Storage is blocked: follow the system.
  }
  const dark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
  document.documentElement.dataset.app = /^\/console(\/|$)/.test(location.pathname)
    ? 'console'
    : 'shop'
  if (location.pathname === '/') {
    // The scene of the first page: only here is its time of day known before the app starts.
    const scene = document.createElement('link')
    scene.rel = 'preload'
    scene.as = 'image'
    scene.fetchPriority = 'high'
    scene.href = dark ? '/static/shop/hero-dark.svg' : '/static/shop/hero.svg'
    document.head.append(scene)
  }
})()
