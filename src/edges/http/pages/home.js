// Shows the health of this Agora, and a first request to copy.
const state = document.querySelector('#state')
const first = document.querySelector('#first')
const copy = document.querySelector('#copy')

const words = {
  ok: 'Everything runs.',
  degraded: 'It runs, but something that it depends on does not.',
}

const show = async () => {
  const response = await fetch('/health', { headers: { accept: 'application/json' } })
  const { data = {} } = await response.json()
  const version = data.version === undefined ? '' : ` Version ${data.version}.`
  state.textContent = `${words[data.status] ?? 'It does not run as it should.'}${version}`
}

void show().catch(() => {
  state.textContent = 'It cannot be reached. Reload the page in a moment.'
})

first.textContent = `curl ${location.origin}/api/v1/products`
copy.hidden = navigator.clipboard === undefined
copy.addEventListener('click', () => {
  void navigator.clipboard.writeText(first.textContent).then(() => {
    copy.textContent = 'Copied'
  })
})
