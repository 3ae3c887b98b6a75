/** The page of a carrier on which a parcel is followed, by the carrier's name in small letters. */
const PAGES: Readonly<Record<string, string>> = {
  correos: 'https://www.correos.es/es/es/herramientas/localizador/envios/detalle?tracking-number=',
  dhl: 'https://www.dhl.com/global-en/home/tracking.html?submit=1&tracking-id=',
  dpd: 'https://tracking.dpd.de/status/en_US/parcel/',
  fedex: 'https://www.fedex.com/fedextrack/?trknbr=',
  gls: 'https://gls-group.com/track/',
  'royal mail': 'https://www.royalmail.com/track-your-item#/tracking-results/',
  seur: 'https://www.seur.com/livetracking/?segOnlineIdentificador=',
  ups: 'https://www.ups.com/track?tracknum=',
  usps: 'https://tools.usps.com/go/TrackConfirmAction?tLabels=',
}

/** Return the address at which a known carrier tells where a parcel is, else null. */
export function trackingUrl(carrier: string, trackingNumber: string): string | null {
  const name = carrier.trim().toLowerCase()
  if (!Object.hasOwn(PAGES, name)) return null
  return `${PAGES[name]}${encodeURIComponent(trackingNumber)}`
}
