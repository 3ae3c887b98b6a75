/*
 * A stand-in for Stripe.js: the Payment Element with a card form, declines and 3-D Secure.
 *
 * Good enough for @stripe/stripe-js and @stripe/react-stripe-js. Card data goes to the sandbox
 * that served this file, and to nobody else.
 */
(() => {
  'use strict';

  const API = new URL(document.currentScript.src).origin;

  const STYLE = `
    :host { display: block; font-family: var(--fontFamily, system-ui, sans-serif);
      color: var(--colorText, #30313d); font-size: var(--fontSizeBase, 1rem); }
    * { box-sizing: border-box; }
    .fields { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; }
    .wide { grid-column: 1 / -1; }
    label { display: block; font-size: .93em; margin-bottom: .25rem; }
    input { width: 100%; padding: .75rem; font: inherit; color: inherit;
      background: var(--colorBackground, #fff); border: 1px solid var(--line, #d5dae1);
      border-radius: var(--borderRadius, 5px); }
    input:focus { outline: 2px solid var(--colorPrimary, #0570de); outline-offset: 1px; }
    input[aria-invalid=true] { border-color: var(--colorDanger, #c0123c); }
    [role=alert] { color: var(--colorDanger, #c0123c); font-size: .93em; margin: .25rem 0 0; }
    [role=alert]:empty { display: none; }
    .note { grid-column: 1 / -1; margin: 0; font-size: .8em; opacity: .75; }`;

  const DIALOG_STYLE = `
    dialog { border: 0; border-radius: 12px; padding: 1.5rem; max-width: 24rem;
      font: 1rem/1.5 system-ui, sans-serif; color: #1a2233; background: #fff; }
    dialog::backdrop { background: rgb(0 0 0 / .5); }
    h2 { margin: 0 0 .5rem; font-size: 1.2rem; }
    .buttons { display: flex; gap: .75rem; justify-content: end; }
    button { font: inherit; padding: .5rem 1rem; border-radius: 6px; border: 1px solid #9aa3b2;
      background: #fff; color: inherit; cursor: pointer; }
    button.main { background: #4f46e5; border-color: #4f46e5; color: #fff; }`;

  const FIELDS = [
    { name: 'number', label: 'Card number', autocomplete: 'cc-number',
      hint: '1234 1234 1234 1234', wide: true },
    { name: 'expiry', label: 'Expiration date', autocomplete: 'cc-exp', hint: 'MM / YY' },
    { name: 'cvc', label: 'Security code', autocomplete: 'cc-csc', hint: 'CVC' },
  ];

  // What is typed, and what is wrong with it. Wordings and codes are Stripe's.

  const digits = (text) => text.replace(/\D/g, '');
  const isAmex = (number) => /^3[47]/.test(number);

  function luhn(number) {
    const sum = [...number].reverse().reduce((total, digit, place) => {
      const doubled = Number(digit) * (place % 2 ? 2 : 1);
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
    return sum % 10 === 0;
  }

  const FORMATS = {
    number(text) {
      const number = digits(text).slice(0, isAmex(digits(text)) ? 15 : 19);
      return isAmex(number)
        ? [number.slice(0, 4), number.slice(4, 10), number.slice(10)].filter(Boolean).join(' ')
        : number.replace(/(\d{4})(?=\d)/g, '$1 ');
    },
    expiry(text) {
      let typed = digits(text);
      if (/^[2-9]/.test(typed)) typed = `0${typed}`;
      typed = typed.slice(0, 4);
      return typed.length > 2 ? `${typed.slice(0, 2)} / ${typed.slice(2)}` : typed;
    },
    cvc: (text) => digits(text).slice(0, 4),
  };

  const CHECKS = {
    number({ number }) {
      const typed = digits(number);
      if (typed.length < (isAmex(typed) ? 15 : 16)) {
        return ['incomplete_number', 'Your card number is incomplete.'];
      }
      return luhn(typed) ? null : ['invalid_number', 'Your card number is invalid.'];
    },
    expiry({ expiry }) {
      const typed = digits(expiry);
      if (typed.length < 4) {
        return ['incomplete_expiry', "Your card's expiration date is incomplete."];
      }
      const [month, year] = [Number(typed.slice(0, 2)), 2000 + Number(typed.slice(2))];
      if (month < 1 || month > 12) {
        return ['invalid_expiry_month', "Your card's expiration month is invalid."];
      }
      return new Date(year, month) > new Date()
        ? null
        : ['invalid_expiry_year_past', "Your card's expiration year is in the past."];
    },
    cvc({ cvc, number }) {
      return cvc.length < (isAmex(digits(number)) ? 4 : 3)
        ? ['incomplete_cvc', "Your card's security code is incomplete."]
        : null;
    },
  };

  class Events {
    listeners = {};

    on(name, listener) {
      (this.listeners[name] ??= []).push(listener);
      return this;
    }

    once(name, listener) {
      const first = (event) => { this.off(name, first); listener(event); };
      return this.on(name, first);
    }

    off(name, listener) {
      this.listeners[name] = listener
        ? (this.listeners[name] ?? []).filter((each) => each !== listener)
        : [];
      return this;
    }

    emit(name, event) {
      [...(this.listeners[name] ?? [])].forEach((listener) => listener(event));
    }
  }

  /** The card form. Elements of other types (address, link, …) are empty boxes that get ready. */
  class Element extends Events {
    constructor(type, options, appearance) {
      super();
      this.type = type;
      this.options = options ?? {};
      this.appearance = appearance ?? {};
      this.values = { number: '', expiry: '', cvc: '' };
      this.inputs = {};
      this.alerts = {};
    }

    get isForm() { return this.type === 'payment' || this.type === 'card'; }

    mount(target) {
      const parent = typeof target === 'string' ? document.querySelector(target) : target;
      if (!parent) throw new Error(`The element to mount ${this.type} on was not found.`);
      this.unmount();
      this.host = document.createElement('div');
      const root = this.host.attachShadow({ mode: 'open' });
      root.append(make('style', { textContent: STYLE }));
      if (this.isForm) root.append(this.form());
      this.paint();
      parent.append(this.host);
      queueMicrotask(() => this.host && this.emit('ready', { elementType: this.type }));
      return this;
    }

    form() {
      const note = make('p', {
        className: 'note',
        textContent: 'Sandbox: pay with 4242 4242 4242 4242, any future date and any code.',
      });
      const fields = make('div', { className: 'fields' }, { role: 'group', 'aria-label': 'Card' });
      fields.append(...FIELDS.map((field) => this.field(field)), note);
      return fields;
    }

    field({ name, label, autocomplete, hint, wide }) {
      const input = make(
        'input',
        { id: name, name, value: this.values[name], placeholder: hint, autocomplete },
        { inputmode: 'numeric', 'aria-describedby': `${name}-error`, 'aria-required': 'true' },
      );
      const alert = make('p', { id: `${name}-error` }, { role: 'alert' });
      input.addEventListener('input', () => this.typed(name));
      input.addEventListener('focus', () => this.emit('focus', { elementType: this.type }));
      input.addEventListener('blur', () => {
        if (input.value) this.complain(name);
        this.emit('blur', { elementType: this.type });
      });
      input.addEventListener('keydown', (event) => {
        if (event.key === 'Escape') this.emit('escape', { elementType: this.type });
      });
      this.inputs[name] = input;
      this.alerts[name] = alert;
      const box = make('div', { className: wide ? 'wide' : '' });
      box.append(make('label', { htmlFor: name, textContent: label }), input, alert);
      return box;
    }

    typed(name) {
      const input = this.inputs[name];
      // Correcting in the middle: formatting now would move the caret.
      if (input.selectionStart === input.value.length) {
        const shorter = input.value.length < this.values[name].length;
        if (!shorter) input.value = FORMATS[name](input.value);
      }
      this.values[name] = input.value;
      this.show(name, null);
      const texts = Object.values(this.values);
      this.emit('change', {
        elementType: this.type,
        collapsed: false,
        complete: Object.values(CHECKS).every((check) => !check(this.values)),
        empty: texts.every((text) => !text),
        value: { type: 'card' },
      });
    }

    complain(name) {
      const wrong = CHECKS[name](this.values);
      this.show(name, wrong && wrong[1]);
      return wrong;
    }

    show(name, message) {
      this.inputs[name]?.setAttribute('aria-invalid', String(Boolean(message)));
      if (this.alerts[name]) this.alerts[name].textContent = message ?? '';
    }

    /** The first thing that is wrong, as a validation error; all are shown. */
    validate() {
      const wrong = FIELDS.map(({ name }) => [name, this.complain(name)]).filter(([, it]) => it);
      if (!wrong.length) return null;
      const [name, [code, message]] = wrong[0];
      this.inputs[name]?.focus();
      return { type: 'validation_error', code, message };
    }

    card() {
      const expiry = digits(this.values.expiry);
      return {
        number: digits(this.values.number),
        exp_month: String(Number(expiry.slice(0, 2))),
        exp_year: `20${expiry.slice(2)}`,
        cvc: this.values.cvc,
      };
    }

    paint() {
      const night = this.appearance.theme === 'night';
      const variables = {
        ...(night && { colorText: '#fff', colorBackground: '#30313d', line: '#5c5f6e' }),
        ...this.appearance.variables,
      };
      for (const [name, value] of Object.entries(variables)) {
        this.host?.style.setProperty(`--${name}`, value);
      }
    }

    update(options) { Object.assign(this.options, options); return this; }

    focus() { this.inputs.number?.focus(); return this; }

    blur() { this.host?.shadowRoot.activeElement?.blur(); return this; }

    clear() {
      for (const { name } of FIELDS) {
        this.values[name] = '';
        if (this.inputs[name]) this.inputs[name].value = '';
        this.show(name, null);
      }
      return this;
    }

    collapse() { return this; }

    unmount() { this.host?.remove(); this.host = null; return this; }

    destroy() { this.unmount(); this.onDestroy?.(); }
  }

  class Elements extends Events {
    made = new Map();

    constructor(options) {
      super();
      this.options = options ?? {};
    }

    create(type, options) {
      if (this.made.has(type)) {
        throw new Error(`Can only create one Element of type ${type}.`);
      }
      const element = new Element(type, options, this.options.appearance);
      element.onDestroy = () => this.made.delete(type);
      this.made.set(type, element);
      return element;
    }

    /** By type, or by the React component of that type. */
    getElement(type) { return this.made.get(type?.__elementType ?? type) ?? null; }

    update(options) {
      Object.assign(this.options, options);
      for (const element of this.made.values()) {
        element.appearance = this.options.appearance ?? {};
        element.paint();
      }
    }

    async fetchUpdates() { return {}; }

    async submit() {
      const error = this.getElement('payment')?.validate();
      return error ? { error } : { selectedPaymentMethod: 'card' };
    }
  }

  function make(tag, properties = {}, attributes = {}) {
    const element = Object.assign(document.createElement(tag), properties);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  }

  // The API, with the publishable key.

  function flatten(value, name, into) {
    if (value === undefined || value === null) return into;
    if (typeof value !== 'object') into.append(name, value);
    else Object.entries(value).forEach(([key, each]) => flatten(each, `${name}[${key}]`, into));
    return into;
  }

  async function call(method, path, parameters = {}) {
    const form = new URLSearchParams();
    Object.entries(parameters).forEach(([name, value]) => flatten(value, name, form));
    const address = method === 'GET' ? `${API}${path}?${form}` : `${API}${path}`;
    try {
      const answer = await fetch(address, { method, body: method === 'GET' ? undefined : form });
      const body = await answer.json();
      return answer.ok ? { done: body } : { error: body.error };
    } catch {
      const message = 'We are experiencing issues connecting to our payments provider. '
        + 'Please check your internet connection and try again.';
      return { error: { type: 'api_connection_error', message } };
    }
  }

  const intentId = (secret) => String(secret).split('_secret_')[0];

  /** Show the bank's question; the intent after the answer. */
  async function challenge(intent) {
    const outcome = await ask(intent);
    const path = `/3ds/${intent.id}/${outcome}?client_secret=${intent.client_secret}`;
    const { done, error } = await call('POST', path);
    if (error) return { error };
    if (done.last_payment_error) {
      return { error: { ...done.last_payment_error, payment_intent: done } };
    }
    return { paymentIntent: done };
  }

  function ask(intent) {
    return new Promise((resolve) => {
      const host = make('div');
      const root = host.attachShadow({ mode: 'open' });
      const dialog = make('dialog', {}, { 'aria-labelledby': 'title' });
      const end = (outcome) => { host.remove(); resolve(outcome); };
      const button = (textContent, outcome, className) => {
        const made = make('button', { textContent, className, type: 'button' });
        made.addEventListener('click', () => end(outcome));
        return made;
      };
      const buttons = make('div', { className: 'buttons' });
      buttons.append(button('Fail', 'fail', ''), button('Complete', 'complete', 'main'));
      dialog.append(
        make('h2', { id: 'title', textContent: '3-D Secure' }),
        make('p', { textContent: `Your bank asks: is it you who pays ${money(intent)}?` }),
        buttons,
      );
      dialog.addEventListener('cancel', () => end('fail'));
      root.append(make('style', { textContent: DIALOG_STYLE }), dialog);
      document.body.append(host);
      dialog.showModal();
    });
  }

  // Where Stripe counts in other minor units than ISO 4217: https://docs.stripe.com/currencies
  const EXPONENTS = { isk: 2, ugx: 2, mga: 0 };

  function money({ amount, currency }) {
    const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
    const decimals = EXPONENTS[currency] ?? format.resolvedOptions().maximumFractionDigits;
    return format.format(amount / 10 ** decimals);
  }

  class StripeClient {
    constructor(key) {
      if (typeof key !== 'string' || !key.startsWith('pk_')) {
        throw new Error('Invalid value for Stripe(): apiKey should be a publishable key.');
      }
      this.key = key;
    }

    elements(options) { return new Elements(options); }

    async confirmPayment({ elements, clientSecret, confirmParams = {}, redirect = 'always' }) {
      const secret = clientSecret ?? elements?.options.clientSecret;
      const { return_url: returnUrl, payment_method_data: data, ...rest } = confirmParams;
      const parameters = { ...rest, return_url: returnUrl };
      if (!rest.payment_method) {
        const element = elements?.getElement('payment');
        const error = element
          ? element.validate()
          : { type: 'invalid_request_error', message: 'No Payment Element was found.' };
        if (error) return { error };
        parameters.payment_method_data = { ...data, type: 'card', card: element.card() };
      }
      const result = await this.confirm(secret, parameters);
      if (result.error || redirect === 'if_required' || !returnUrl) return result;
      return this.leave(returnUrl, result.paymentIntent);
    }

    async confirmCardPayment(secret, { payment_method: method, ...rest } = {}, options = {}) {
      const parameters = { ...rest };
      if (method?.card?.card) {
        const error = method.card.validate();
        if (error) return { error };
        parameters.payment_method_data = { ...method, type: 'card', card: method.card.card() };
      } else if (method) {
        parameters.payment_method = method;
      }
      return this.confirm(secret, parameters, options.handleActions);
    }

    async confirm(secret, parameters, handleActions = true) {
      const { done, error } = await call('POST', `/v1/payment_intents/${intentId(secret)}/confirm`, {
        ...parameters, use_stripe_sdk: true, client_secret: secret, key: this.key,
      });
      if (error) return { error };
      if (done.status === 'requires_action' && handleActions) return challenge(done);
      return { paymentIntent: done };
    }

    async handleNextAction({ clientSecret }) {
      const result = await this.retrievePaymentIntent(clientSecret);
      return result.paymentIntent?.status === 'requires_action'
        ? challenge(result.paymentIntent)
        : result;
    }

    handleCardAction(clientSecret) { return this.handleNextAction({ clientSecret }); }

    async retrievePaymentIntent(secret) {
      const { done, error } = await call('GET', `/v1/payment_intents/${intentId(secret)}`, {
        client_secret: secret, key: this.key,
      });
      return error ? { error } : { paymentIntent: done };
    }

    async createPaymentMethod({ elements, card, params = {}, ...rest }) {
      const element = elements?.getElement('payment') ?? card;
      const error = element?.validate?.();
      if (error) return { error };
      const { done, error: refused } = await call('POST', '/v1/payment_methods', {
        ...params, ...rest, type: 'card', card: element?.card?.() ?? card, key: this.key,
      });
      return refused ? { error: refused } : { paymentMethod: done };
    }

    async createToken() {
      const message = 'The sandbox makes payment methods, not tokens.';
      return { error: { type: 'invalid_request_error', message } };
    }

    /** Never resolves, since the page is left. */
    leave(returnUrl, intent) {
      const url = new URL(returnUrl, window.location.href);
      url.searchParams.set('payment_intent', intent.id);
      url.searchParams.set('payment_intent_client_secret', intent.client_secret);
      url.searchParams.set('redirect_status', 'succeeded');
      window.location.assign(url);
      return new Promise(() => {});
    }

    registerAppInfo() {}

    _registerWrapper() {}
  }

  window.Stripe = (key) => new StripeClient(key);
  window.Stripe.version = 'sandbox';
})();
