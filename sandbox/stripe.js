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

  const NOTE = 'Sandbox: pay with 4242 4242 4242 4242, any future date and any code.';

  // Stripe.js speaks the language of the option `locale`. The key is the English text.
  const SPANISH = {
    'Card number': 'Número de tarjeta',
    'Expiration date': 'Fecha de caducidad',
    'MM / YY': 'MM / AA',
    'Security code': 'Código de seguridad',
    Card: 'Tarjeta',
    [NOTE]: 'Entorno de pruebas: paga con 4242 4242 4242 4242, una fecha futura y un código.',
    'Your card number is incomplete.': 'El número de tu tarjeta está incompleto.',
    'Your card number is invalid.': 'El número de tu tarjeta no es válido.',
    "Your card's expiration date is incomplete.": 'La fecha de caducidad está incompleta.',
    "Your card's expiration month is invalid.": 'El mes de caducidad no es válido.',
    "Your card's expiration year is in the past.": 'El año de caducidad ya ha pasado.',
    "Your card's security code is incomplete.": 'El código de seguridad está incompleto.',
    'Your card was declined.': 'Tu tarjeta ha sido rechazada.',
    'Your card has insufficient funds.': 'Tu tarjeta no tiene fondos suficientes.',
    'Your card has expired.': 'Tu tarjeta ha caducado.',
    'Is it you who pays?': '¿Eres tú quien paga?',
    'Your bank asks you to confirm': 'Tu banco te pide que confirmes',
    Fail: 'Fallar',
    Complete: 'Completar',
  };

  const translate = (text, locale) =>
    (String(locale ?? '').startsWith('es') && SPANISH[text]) || text;

  // What is typed, and what is wrong with it. Wordings and codes are Stripe's.

  const digits = (text) => text.replace(/\D/g, '');
  const isAmex = (number) => /^3[47]/.test(number);
  // The numbers of the bank accounts and vouchers of the sandbox: they have no expiry and no code.
  const isAccount = (number) => /^000\d{9}$/.test(number);

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
      if (isAccount(typed)) return null;
      if (typed.length < (isAmex(typed) ? 15 : 16)) {
        return ['incomplete_number', 'Your card number is incomplete.'];
      }
      return luhn(typed) ? null : ['invalid_number', 'Your card number is invalid.'];
    },
    expiry({ expiry, number }) {
      const typed = digits(expiry);
      if (isAccount(digits(number))) return null;
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
      if (isAccount(digits(number))) return null;
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
    constructor(type, options, appearance, locale) {
      super();
      this.type = type;
      this.options = options ?? {};
      this.appearance = appearance ?? {};
      this.locale = locale;
      this.rules = new CSSStyleSheet();
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
      root.adoptedStyleSheets = [styleSheet(STYLE), this.rules];
      if (this.isForm) root.append(this.form());
      this.paint();
      parent.append(this.host);
      queueMicrotask(() => this.host && this.emit('ready', { elementType: this.type }));
      return this;
    }

    form() {
      const note = make('p', { className: 'note', textContent: this.say(NOTE) });
      const name = this.say('Card');
      const fields = make('div', { className: 'fields' }, { role: 'group', 'aria-label': name });
      fields.append(...FIELDS.map((field) => this.field(field)), note);
      return fields;
    }

    field({ name, label, autocomplete, hint, wide }) {
      const input = make(
        'input',
        { id: name, name, value: this.values[name], placeholder: this.say(hint), autocomplete },
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
      box.append(make('label', { htmlFor: name, textContent: this.say(label) }), input, alert);
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
      this.onTyped?.();
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
      this.show(name, wrong && this.say(wrong[1]));
      return wrong;
    }

    say(text) { return translate(text, this.locale); }

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
      return { type: 'validation_error', code, message: this.say(message) };
    }

    /** What was typed, as the field `payment_method_data` of a confirmation. */
    methodData() {
      const number = digits(this.values.number);
      if (!isAccount(number)) return { type: 'card', card: this.card() };
      return { type: 'us_bank_account', us_bank_account: { account_number: number } };
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
      this.rules.replaceSync(rulesOf(this.appearance.rules));
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

  /** A group of elements: of an intent (`clientSecret`), or of one that is created later (`mode`). */
  class Elements extends Events {
    made = new Map();
    // Set by `submit`, and unset when more is typed.
    submitted = false;

    constructor(options) {
      super();
      this.options = options ?? {};
      refuseBadAmount(this.options);
    }

    get isDeferred() { return this.options.mode === 'payment'; }

    create(type, options) {
      if (this.made.has(type)) {
        throw new Error(`Can only create one Element of type ${type}.`);
      }
      const { appearance, locale } = this.options;
      const element = new Element(type, options, appearance, locale);
      element.onDestroy = () => this.made.delete(type);
      element.onTyped = () => { this.submitted = false; };
      this.made.set(type, element);
      return element;
    }

    /** By type, or by the React component of that type. */
    getElement(type) { return this.made.get(type?.__elementType ?? type) ?? null; }

    update(options) {
      refuseBadAmount({ ...this.options, ...options });
      Object.assign(this.options, options);
      for (const element of this.made.values()) {
        element.appearance = this.options.appearance ?? {};
        element.paint();
      }
    }

    async fetchUpdates() { return {}; }

    async submit() {
      const error = this.getElement('payment')?.validate();
      this.submitted = !error;
      return error ? { error } : { selectedPaymentMethod: 'card' };
    }
  }

  function integrationError(message) {
    return Object.assign(new Error(message), { name: 'IntegrationError' });
  }

  function refuseBadAmount({ mode, amount, currency, clientSecret }) {
    if (mode === undefined) return;
    if (clientSecret) {
      throw integrationError('Elements take either a clientSecret or a mode, not both.');
    }
    if (mode !== 'payment') throw integrationError('The sandbox knows only the mode `payment`.');
    if (!Number.isInteger(amount) || amount < 1) {
      throw integrationError('`amount` must be a positive integer of minor units.');
    }
    if (!/^[a-z]{3}$/.test(currency)) {
      throw integrationError('`currency` must be three lower-case letters.');
    }
  }

  function styleSheet(text) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  }

  // The parts of the form, as `appearance.rules` names them.
  const PARTS = { '.Input': 'input', '.Label': 'label', '.Error': '[role=alert]' };

  function rulesOf(rules = {}) {
    return Object.entries(rules).map(([selector, values]) => {
      const [part, state = ''] = selector.split(/(?=:)/);
      if (!PARTS[part]) return '';
      const lines = Object.entries(values).map(([name, value]) =>
        `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: ${value}`);
      return `${PARTS[part]}${state} { ${lines.join('; ')} }`;
    }).join('\n');
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

  /** Show the bank's question; the intent after the answer. Never resolves when the page is left. */
  async function challenge(intent, locale) {
    if (intent.next_action?.type === 'redirect_to_url') {
      window.location.assign(intent.next_action.redirect_to_url.url);
      return new Promise(() => {});
    }
    // A voucher is paid elsewhere.
    if (intent.next_action?.type !== 'use_stripe_sdk') return { paymentIntent: intent };
    const outcome = await ask(intent, locale);
    const path = `/3ds/${intent.id}/${outcome}?client_secret=${intent.client_secret}`;
    const { done, error } = await call('POST', path);
    if (error) return { error };
    if (done.last_payment_error) {
      return { error: { ...done.last_payment_error, payment_intent: done } };
    }
    return { paymentIntent: done };
  }

  function ask(intent, locale) {
    return new Promise((resolve) => {
      const host = make('div');
      const root = host.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = [styleSheet(DIALOG_STYLE)];
      const say = (text) => translate(text, locale);
      const dialog = make('dialog', {}, { 'aria-labelledby': 'title' });
      const end = (outcome) => { host.remove(); resolve(outcome); };
      const button = (textContent, outcome, className) => {
        const made = make('button', { textContent, className, type: 'button' });
        made.addEventListener('click', () => end(outcome));
        return made;
      };
      const buttons = make('div', { className: 'buttons' });
      buttons.append(
        button(say('Fail'), 'fail', ''),
        button(say('Complete'), 'complete', 'main'),
      );
      const question = `${say('Your bank asks you to confirm')}: ${money(intent)}. `;
      dialog.append(
        make('h2', { id: 'title', textContent: '3-D Secure' }),
        make('p', { textContent: question + say('Is it you who pays?') }),
        buttons,
      );
      dialog.addEventListener('cancel', () => end('fail'));
      root.append(dialog);
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
    constructor(key, { locale } = {}) {
      if (typeof key !== 'string' || !key.startsWith('pk_')) {
        throw new Error('Invalid value for Stripe(): apiKey should be a publishable key.');
      }
      this.key = key;
      this.locale = locale;
    }

    elements(options) { return new Elements({ locale: this.locale, ...options }); }

    async confirmPayment({ elements, clientSecret, confirmParams = {}, redirect = 'always' }) {
      const secret = clientSecret ?? elements?.options.clientSecret;
      const { return_url: returnUrl, payment_method_data: data, ...rest } = confirmParams;
      const locale = elements?.options.locale ?? this.locale;
      if (elements?.isDeferred) {
        const error = await this.refuseDeferred(elements, secret);
        if (error) return { error };
      }
      const parameters = { ...rest, return_url: returnUrl };
      if (!rest.payment_method) {
        const element = elements?.getElement('payment');
        const error = element
          ? element.validate()
          : { type: 'invalid_request_error', message: 'No Payment Element was found.' };
        if (error) return { error };
        parameters.payment_method_data = { ...data, ...element.methodData() };
      }
      const result = await this.confirm(secret, parameters, true, locale);
      if (result.error || redirect === 'if_required' || !returnUrl) return result;
      return this.leave(returnUrl, result.paymentIntent);
    }

    /** The error of an intent that differs from what its elements were made for. */
    async refuseDeferred(elements, secret) {
      if (!secret) throw integrationError('confirmPayment needs the clientSecret of the intent.');
      if (!elements.submitted) {
        throw integrationError('elements.submit() must be called before stripe.confirmPayment().');
      }
      const { paymentIntent, error } = await this.retrievePaymentIntent(secret);
      if (error) return error;
      const { amount, currency } = elements.options;
      if (paymentIntent.amount === amount && paymentIntent.currency === currency) return null;
      const message = `The payment_intent is of ${paymentIntent.amount} ${paymentIntent.currency}, `
        + `but the elements are of ${amount} ${currency}.`;
      return { type: 'invalid_request_error', message };
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

    async confirm(secret, parameters, handleActions = true, locale = this.locale) {
      const { done, error } = await call('POST', `/v1/payment_intents/${intentId(secret)}/confirm`, {
        ...parameters, use_stripe_sdk: true, client_secret: secret, key: this.key,
      });
      if (error) return { error: { ...error, message: translate(error.message, locale) } };
      if (done.status === 'requires_action' && handleActions) return challenge(done, locale);
      return { paymentIntent: done };
    }

    async handleNextAction({ clientSecret }) {
      const result = await this.retrievePaymentIntent(clientSecret);
      return result.paymentIntent?.status === 'requires_action'
        ? challenge(result.paymentIntent, this.locale)
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

  window.Stripe = (key, options) => new StripeClient(key, options);
  // The release of Stripe.js that this stands in for.
  window.Stripe.version = 'endive';
})();
