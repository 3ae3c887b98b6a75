// The mailbox: emails open in place, the list stays fresh, j and k move.

import { keepFresh, load, swap } from './site.js';

const emails = document.getElementById('emails');
const form = document.querySelector('.filters');
// Only the newest click counts when answers arrive in another order.
let newest = 0;

function apply(page) {
  for (const id of ['emails', 'count', 'reader']) swap(page, id);
  document.body.className = page.body.className;
  document.title = page.title;
  current()?.scrollIntoView({ block: 'nearest' });
}

function current() {
  return emails.querySelector('[aria-current]');
}

async function show(url, { remember = true } = {}) {
  const turn = ++newest;
  const page = await load(url);
  if (page === null || turn !== newest) return false;
  apply(page);
  if (remember) history.pushState(null, '', url);
  return true;
}

function filterUrl() {
  const filled = [...new FormData(form)].filter(([, value]) => value !== '');
  return `/mail?${new URLSearchParams(filled)}`;
}

function move(step) {
  const links = [...emails.querySelectorAll('a.email')];
  const index = links.indexOf(current());
  const link = links[Math.min(Math.max(index + step, 0), links.length - 1)];
  if (link === undefined) return;
  void show(link.href);
}

document.addEventListener('click', async (event) => {
  const link = event.target.closest('a.email, .tabs a, a.back');
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const isBack = link.matches('.back');
  if (!(await show(link.href))) return;
  // On narrow screens the list and the email take turns.
  if (matchMedia('(max-width: 859px)').matches) {
    if (isBack) emails.focus();
    else if (link.matches('.email')) document.getElementById('subject')?.focus();
  }
});

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches('input')) {
    if (event.key === 'Escape') event.target.blur();
    return;
  }
  if (event.key === 'j') move(1);
  else if (event.key === 'k') move(-1);
  else if (event.key === '/') document.getElementById('q').focus();
  else return;
  event.preventDefault();
});

let typing;
form.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => void show(filterUrl()), 200);
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void show(filterUrl());
});
addEventListener('popstate', () => {
  const query = new URLSearchParams(location.search);
  for (const name of ['q', 'to']) document.getElementById(name).value = query.get(name) ?? '';
  void show(location.href, { remember: false });
});

keepFresh(async () => {
  const turn = newest;
  const url = new URL(location.href);
  const shown = document.querySelector('article')?.dataset.id;
  // The email that is being read stays, even when a newer one arrives.
  if (shown !== undefined) url.searchParams.set('id', shown);
  const page = await load(url);
  if (page === null || turn !== newest) return;
  swap(page, 'emails');
  swap(page, 'count');
  if (shown === undefined) swap(page, 'reader');
});
