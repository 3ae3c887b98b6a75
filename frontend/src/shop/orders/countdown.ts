const MINUTE = 60

/** Return whether the last minute runs, in which seconds count. */
export function isLastMinute(seconds: number): boolean {
  return seconds > 0 && seconds < MINUTE
}

/** Return the words for a time: whole minutes, in the last one seconds, at its end nothing. */
export function timeLeft(
  seconds: number,
  minutesLeft: (minutes: number) => string,
  secondsLeft: (seconds: number) => string,
): string {
  if (seconds <= 0) return ''
  return isLastMinute(seconds) ? secondsLeft(seconds) : minutesLeft(Math.floor(seconds / MINUTE))
}
