// Adds to Swagger UI: a head with the version of this Agora and links, signing in, and each request as curl.
const api = '/api/v1'
let accessToken

/** An element with properties, and with children. */
const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}

const link = (href, text) => element('a', { href }, text)

/** A button that copies a text to the clipboard; none where the browser has no clipboard for this page. */
const copyButton = (label, text) => {
  const button = element(
    'button',
    { type: 'button', hidden: navigator.clipboard === undefined },
    label,
  )
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(text()).then(() => {
      button.textContent = 'Copied'
    })
  })
  return button
}

const login = async (email, password) => {
  const response = await fetch(`${api}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.detail ?? answer.title)
  return answer
}

/** The form that signs in; requests that are tried on this page have the access token from then on. */
const signInForm = (ui) => {
  const email = element('input', {
    type: 'email',
    name: 'email',
    autocomplete: 'username',
    required: true,
  })
  const password = element('input', {
    type: 'password',
    name: 'password',
    autocomplete: 'current-password',
    required: true,
  })
  const state = element('p', { className: 'agora-state' })
  state.setAttribute('role', 'status')
  const form = element(
    'form',
    { className: 'agora-sign-in' },
    element('label', {}, 'Email ', email),
    element('label', {}, 'Password ', password),
    element('button', { type: 'submit' }, 'Sign in'),
    state,
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    login(email.value, password.value).then(
      ({ data, tokens }) => {
        accessToken = tokens.accessToken
        ui.preauthorizeApiKey('bearer', accessToken)
        password.value = ''
        state.textContent = `Signed in as ${data.username}, for 15 minutes.`
      },
      (error) => {
        state.textContent = error.message
      },
    )
  })
  return form
}

const head = (ui) =>
  element(
    'header',
    { className: 'agora-head' },
    element('strong', {}, link('/', 'Agora')),
    element(
      'nav',
      {},
      link('/docs/openapi.json', 'OpenAPI'),
      link('/docs/sockets', 'Sockets'),
      link('/docs/asyncapi.json', 'Sockets and streams (AsyncAPI)'),
      link('/docs/events.json', 'Events'),
      link('/health', 'Health'),
    ),
    signInForm(ui),
  )

/** Samples by the id of their operation. */
const samplesIn = ({ paths }) =>
  new Map(
    Object.values(paths).flatMap((methods) =>
      Object.values(methods).map((operation) => [
        operation.operationId,
        operation['x-codeSamples']?.[0].source,
      ]),
    ),
  )

/** A sample with the origin of this page. */
const shown = (source) => source.replace('$AGORA', location.origin)

/** Shows the sample of each operation that is open. */
const showSamples = (samples) => {
  for (const block of document.querySelectorAll('.opblock.is-open')) {
    const source = samples.get(block.id.split('-').at(-1))
    if (source === undefined || block.querySelector('.agora-curl')) continue
    block.querySelector('.opblock-summary').after(
      element(
        'div',
        { className: 'agora-curl' },
        element('pre', {}, shown(source)),
        // Signed in, the copied request works as it is.
        copyButton('Copy as curl', () => shown(source).replace('$TOKEN', accessToken ?? '$TOKEN')),
      ),
    )
  }
}

const extend = async (ui) => {
  document.body.prepend(head(ui))
  const samples = samplesIn(await (await fetch('/docs/openapi.json')).json())
  new MutationObserver(() => showSamples(samples)).observe(document.querySelector('#swagger-ui'), {
    childList: true,
    subtree: true,
    attributeFilter: ['class'],
  })
  showSamples(samples)
}

// The page itself makes the interface, once it is loaded.
const make = window.SwaggerUIBundle
window.SwaggerUIBundle = Object.assign((config) => {
  const ui = make(config)
  void extend(ui)
  return ui
}, make)
