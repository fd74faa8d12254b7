// Lambda's runtime loop around a handler for Node.js, as little of one as there can be: node node_runtime.cjs FILE
const http = require('http')

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':')
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })

function ask(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, path: `/2018-06-01/runtime/${path}`, agent }, response => {
      const pieces = []
      response.on('data', piece => pieces.push(piece))
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(pieces).toString() }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

async function run() {
  const { handler } = require(process.argv[2])
  for (;;) {
    const event = await ask('GET', 'invocation/next')
    const id = event.headers['lambda-runtime-aws-request-id']
    const answer = await handler(JSON.parse(event.body), {})
    await ask('POST', `invocation/${id}/response`, JSON.stringify(answer))
  }
}

run().catch(error => { console.error(error); process.exit(1) })
