// The bank's page: payments and events stay fresh, faults apply at once, events are delivered again.

import { keepFresh, load, swap } from './site.js';

const form = document.getElementById('faults');
const away = document.getElementById('away');
const problem = document.getElementById('fault-error');

async function refresh() {
  const page = await load(location.href);
  if (page === null) return;
  for (const id of ['payments', 'payment-count', 'events', 'undelivered']) swap(page, id);
  if (form.contains(document.activeElement)) return;
  swap(page, 'fault-fields');
  swap(page, 'fault-state');
}

/** Read the whole plan: names are paths into it. */
function readPlan() {
  const plan = {};
  for (const field of form.querySelectorAll('input')) {
    const path = field.name.split('.');
    const last = path.pop();
    const group = path.reduce((parent, name) => (parent[name] ??= {}), plan);
    group[last] = field.type === 'checkbox' ? field.checked : field.value === '' ? null : Number(field.value);
  }
  return plan;
}

async function apply(plan) {
  for (const field of form.querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid');
  try {
    const answer = await fetch('/faults', { method: 'PUT', body: JSON.stringify(plan) });
    const body = await answer.json();
    problem.textContent = answer.ok ? '' : body.detail;
    for (const { field } of body.errors ?? []) form.elements[field]?.setAttribute('aria-invalid', 'true');
    if (answer.ok) await showPlan();
  } catch {
    problem.textContent = 'The sandbox does not answer: nothing was changed.';
  }
}

async function showPlan() {
  const page = await load(location.href);
  if (page === null) return;
  swap(page, 'fault-state');
  for (const field of page.querySelectorAll('#fault-fields input')) {
    const own = form.elements[field.name];
    if (own === document.activeElement) continue;
    own.checked = field.checked;
    own.value = field.value;
    showRate(own);
  }
}

function showRate(field) {
  const output = field.parentElement.querySelector('output');
  if (output !== null) output.value = `${Math.round(field.value * 100)} %`;
}

form.addEventListener('input', (event) => showRate(event.target));
form.addEventListener('change', () => void apply(readPlan()));
form.addEventListener('submit', (event) => event.preventDefault());

document.addEventListener('click', async (event) => {
  const preset = event.target.closest('[data-plan]');
  if (preset !== null) {
    await apply({ seed: Number(form.elements.seed.value), ...JSON.parse(preset.dataset.plan) });
    return;
  }
  const button = event.target.closest('[data-redeliver]');
  if (button === null) return;
  const answer = await fetch(`/events/${button.dataset.redeliver}/redeliver`, { method: 'POST' }).catch(() => null);
  away.textContent = answer === null ? 'The sandbox does not answer' : answer.ok ? 'Sent again' : (await answer.json()).detail;
  await refresh();
});

// On narrow screens the payments come before the single faults.
if (matchMedia('(max-width: 1099px)').matches) form.querySelector('details').open = false;

keepFresh(refresh);
