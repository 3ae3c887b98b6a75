import type { ReactNode } from 'react'

/** Line icons of the console, 16 by 16 units. They are decoration: the words stand beside them. */
function icon(paths: ReactNode) {
  return function Icon({ size = 16 }: { size?: number }) {
    return (
      <svg
        viewBox="0 0 16 16"
        width={size}
        height={size}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        {paths}
      </svg>
    )
  }
}

export const ListIcon = icon(<path d="M5.5 4H14M5.5 8H14M5.5 12H14M2 4h.5M2 8h.5M2 12h.5" />)
export const FlowIcon = icon(
  <>
    <circle cx="3.5" cy="8" r="2" />
    <circle cx="12.5" cy="3.5" r="2" />
    <circle cx="12.5" cy="12.5" r="2" />
    <path d="M5.4 7.3 10.6 4.4M5.4 8.8l5.2 2.8" />
  </>,
)
export const GaugeIcon = icon(<path d="M2.5 12a6 6 0 1 1 11 0M8 9.5l2.5-3.5" />)
export const BoltIcon = icon(<path d="M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z" />)
export const InboxIcon = icon(<path d="M2 9.5h3.5L6.5 11h3l1-1.5H14M2 9.5v3.5h12V9.5L12 3H4z" />)
export const BellIcon = icon(<path d="M4 11V7a4 4 0 0 1 8 0v4l1 1.5H3zM6.7 14.5h2.6" />)
export const KeyIcon = icon(
  <>
    <circle cx="5" cy="11" r="3" />
    <path d="M7.1 8.9 13.5 2.5M11 5l2 2" />
  </>,
)
export const LayersIcon = icon(<path d="m8 2 6 3-6 3-6-3zM2 8l6 3 6-3M2 11l6 3 6-3" />)
export const SlidersIcon = icon(
  <>
    <path d="M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6" />
    <circle cx="10" cy="4.5" r="1.75" />
    <circle cx="6" cy="11.5" r="1.75" />
  </>,
)
export const BoxIcon = icon(
  <path d="m8 1.5 5.5 3v7L8 14.5l-5.5-3v-7zM2.5 4.5 8 7.5l5.5-3M8 7.5v7" />,
)
export const PeopleIcon = icon(
  <>
    <circle cx="6" cy="5" r="2.5" />
    <path d="M1.5 13.5c.4-3 2-4.5 4.5-4.5s4.1 1.5 4.5 4.5M10.5 2.8a2.5 2.5 0 0 1 0 4.4M12 9.4c1.5.6 2.3 2 2.5 4.1" />
  </>,
)
export const BookIcon = icon(
  <path d="M3 2.5h8.5A1.5 1.5 0 0 1 13 4v9.5H4.5A1.5 1.5 0 0 1 3 12zM3 12a1.5 1.5 0 0 1 1.5-1.5H13M6 5.5h4" />,
)
export const CogIcon = icon(
  <>
    <circle cx="8" cy="8" r="2" />
    <path d="M8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M12.6 3.4l-1.4 1.4M4.8 11.2l-1.4 1.4" />
  </>,
)
export const SearchIcon = icon(
  <>
    <circle cx="7" cy="7" r="4.5" />
    <path d="m10.5 10.5 3.5 3.5" />
  </>,
)
export const PauseIcon = icon(<path d="M5.5 3.5v9M10.5 3.5v9" />)
export const PlayIcon = icon(<path d="M5 3v10l8-5z" />)
export const CopyIcon = icon(<path d="M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1" />)
export const CheckIcon = icon(<path d="m3 8.5 3.5 3.5L13 4.5" />)
export const CloseIcon = icon(<path d="m4 4 8 8M12 4l-8 8" />)
export const MenuIcon = icon(<path d="M2 4h12M2 8h12M2 12h12" />)
export const ChevronDownIcon = icon(<path d="m4 6 4 4 4-4" />)
export const ChevronRightIcon = icon(<path d="m6 4 4 4-4 4" />)
export const ChevronLeftIcon = icon(<path d="m10 4-4 4 4 4" />)
export const SidebarIcon = icon(<path d="M2 2.5h12v11H2zM6 2.5v11" />)
export const PersonIcon = icon(
  <>
    <circle cx="8" cy="5.5" r="2.75" />
    <path d="M2.5 14c.6-3 2.6-4.5 5.5-4.5s4.9 1.5 5.5 4.5" />
  </>,
)
export const ColumnsIcon = icon(<path d="M2 2.5h12v11H2zM6 2.5v11M10 2.5v11" />)
export const BookmarkIcon = icon(<path d="M4 2h8v12l-4-3-4 3z" />)
export const ExternalIcon = icon(<path d="M9 2.5h4.5V7M13 3 7.5 8.5M11.5 9.5v4h-9v-9h4" />)
export const SortIcon = icon(<path d="M8 3v10M4.5 9.5 8 13l3.5-3.5" />)
export const DownloadIcon = icon(<path d="M8 2v8M4.5 6.5 8 10l3.5-3.5M2.5 13.5h11" />)
