// Sends the token of the page's link to the API, with the fields of the form, and shows the outcome.
const form = document.querySelector('form')
const said = document.querySelector('#said')
const button = form.querySelector('button')
const token = new URLSearchParams(location.search).get('token') ?? ''

// Removes the token from the history and the address bar.
history.replaceState(null, '', location.pathname)

const end = (text) => {
  form.hidden = true
  said.textContent = text
}

const post = (url, body) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const send = async () => {
  const response =
    'unchecked' in form.dataset
      ? await fetch(`${form.dataset.to}?token=${encodeURIComponent(token)}`, { method: 'POST' })
      : await post(form.dataset.to, { token, ...Object.fromEntries(new FormData(form)) })
  if (response.ok) return end(form.dataset.done)
  said.textContent = (await response.json()).detail
}

// Asks nothing of the reader for a link that is too old or was used.
const check = async () => {
  if ('unchecked' in form.dataset) {
    form.hidden = false
    return
  }
  const response = await post('/api/v1/auth/links/check', { token })
  if (response.ok || response.status >= 500) form.hidden = false
  else end((await response.json()).detail)
}

if (token)
  void check().catch(() => {
    form.hidden = false
  })
else end('This link is not complete. Open the whole link from the mail again.')

document.querySelector('#shown')?.addEventListener('change', ({ target }) => {
  document.querySelector('#password').type = target.checked ? 'text' : 'password'
})

form.addEventListener('submit', (event) => {
  event.preventDefault()
  button.disabled = true
  said.textContent = ''
  void send()
    .catch(() => {
      said.textContent = 'Agora cannot be reached. Try again in a moment.'
    })
    .finally(() => {
      button.disabled = false
    })
})
