// Both AWS SDKs for JavaScript against one table: argument "v2" or "v3". Prints what they saw, as JSON.
// Where and as whom: the environment that `meridian env` sets.

async function v2(table) {
  const AWS = require('aws-sdk')
  const endpoint = process.env.AWS_ENDPOINT_URL
  const tables = new AWS.DynamoDB({ endpoint })
  const items = new AWS.DynamoDB.DocumentClient({ endpoint })
  const call = {
    create: given => tables.createTable(given).promise(),
    active: TableName => tables.waitFor('tableExists', { TableName, $waiter: { delay: 0.1 } }).promise(),
    put: given => items.put(given).promise(),
    get: given => items.get(given).promise(),
    update: given => items.update(given).promise(),
    query: given => items.query(given).promise(),
    transact: given => items.transactWrite(given).promise(),
    remove: given => items.delete(given).promise(),
  }
  return exercise(table, call)
}

async function v3(table) {
  const { DynamoDBClient, CreateTableCommand, waitUntilTableExists } = require('@aws-sdk/client-dynamodb')
  const { DynamoDBStreamsClient, ListStreamsCommand } = require('@aws-sdk/client-dynamodb-streams')
  const lib = require('@aws-sdk/lib-dynamodb')
  const endpoint = process.env.AWS_ENDPOINT_URL
  const client = new DynamoDBClient({ endpoint })
  const items = lib.DynamoDBDocumentClient.from(client)
  const call = {
    create: given => client.send(new CreateTableCommand(given)),
    active: TableName => waitUntilTableExists({ client, minDelay: 0.1, maxDelay: 0.2, maxWaitTime: 30 }, { TableName }),
    put: given => items.send(new lib.PutCommand(given)),
    get: given => items.send(new lib.GetCommand(given)),
    update: given => items.send(new lib.UpdateCommand(given)),
    query: given => items.send(new lib.QueryCommand(given)),
    transact: given => items.send(new lib.TransactWriteCommand(given)),
    remove: given => items.send(new lib.DeleteCommand(given)),
  }
  const seen = await exercise(table, call)
  const { Streams } = await new DynamoDBStreamsClient({ endpoint }).send(new ListStreamsCommand({ TableName: table }))
  return { ...seen, streams: Streams.length }
}

async function exercise(TableName, call) {
  await call.create({
    TableName, BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'place', AttributeType: 'N' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }, { AttributeName: 'place', KeyType: 'RANGE' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
  })
  await call.active(TableName)
  for (let place = 0; place < 5; place++) {
    await call.put({ TableName, Item: { id: 'a', place, tags: ['x', { y: null }], ok: true } })
  }
  const Key = { id: 'a', place: 3 }
  const updated = await call.update({
    TableName, Key, UpdateExpression: 'SET tags[0] = :t', ExpressionAttributeValues: { ':t': 'new' }, ReturnValues: 'UPDATED_NEW',
  })
  const found = await call.query({
    TableName, KeyConditionExpression: 'id = :id AND place > :p', ExpressionAttributeValues: { ':id': 'a', ':p': 1 },
  })
  const refused = await call.transact({ TransactItems: [
    { Put: { TableName, Item: { id: 'b', place: 0 } } },
    { ConditionCheck: { TableName, Key, ConditionExpression: 'attribute_not_exists(id)' } },
  ] }).catch(error => error.name)
  await call.remove({ TableName, Key: { id: 'a', place: 0 } })
  return {
    item: (await call.get({ TableName, Key })).Item, updated: updated.Attributes, places: found.Items.map(item => item.place), refused,
    missing: (await call.get({ TableName, Key: { id: 'a', place: 0 } })).Item === undefined,
    error: await call.get({ TableName: 'no-such-table', Key }).catch(error => error.name),
  }
}

(process.argv[2] === 'v2' ? v2 : v3)(process.argv[3]).then(seen => console.log(JSON.stringify(seen)))
