// Shared by the pages: local times, quiet refreshes, and copying.

const INTERVAL_MS = 2000;
const away = document.getElementById('away');

/** Write times in the reader's zone: the time for today, the day for others. */
export function localise(root) {
  const today = new Date().toDateString();
  for (const element of root.querySelectorAll('time')) {
    const at = new Date(element.dateTime);
    const clock = { hour: '2-digit', minute: '2-digit' };
    const day = { day: 'numeric', month: 'short' };
    const isToday = at.toDateString() === today;
    element.textContent = at.toLocaleString([], isToday ? { ...clock, second: '2-digit' } : { ...day, ...clock });
    element.title = at.toLocaleString([], { dateStyle: 'full', timeStyle: 'long' });
  }
}

/** Load a page of the sandbox as a document, and say so when the sandbox does not answer. */
export async function load(url) {
  try {
    const answer = await fetch(url);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (away.textContent !== '') away.textContent = '';
    localise(page);
    return page;
  } catch {
    away.textContent = 'The sandbox does not answer';
    return null;
  }
}

/** Replace the content of the element `id` if it has changed, and keep its scroll and focus. */
export function swap(page, id) {
  const before = document.getElementById(id);
  const after = page.getElementById(id);
  if (before === null || after === null || before.innerHTML === after.innerHTML) return;
  const focused = before.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  const top = before.scrollTop;
  before.replaceChildren(...after.childNodes);
  before.scrollTop = top;
  if (focused !== null) {
    const again = [...before.querySelectorAll('a, button, input')].find((each) => keyOf(each) === focused);
    (again ?? before).focus({ preventScroll: true });
  }
}

function keyOf(element) {
  return element.id || element.getAttribute('href') || element.textContent;
}

/** Call `refresh` every two seconds while the page is visible, one call after the other. */
export function keepFresh(refresh) {
  const next = async () => {
    if (!document.hidden) await refresh();
    setTimeout(next, INTERVAL_MS);
  };
  setTimeout(next, INTERVAL_MS);
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (button === null) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  away.textContent = 'Copied';
  setTimeout(() => (away.textContent = ''), INTERVAL_MS);
});

localise(document);
