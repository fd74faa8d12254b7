// Preloaded (node --require) into programs that know a region by its name only: MERIDIAN_ENDPOINTS, "REGION=URL REGION=URL …",
// joins the SDK's own table of the endpoints that a region's DynamoDB has. The programs stay as they are.
const { rules } = require('aws-sdk/lib/region_config_data.json')

for (const pair of process.env.MERIDIAN_ENDPOINTS.split(' ')) {
  const [region, url] = pair.split('=')
  rules[`${region}/dynamodb`] = { endpoint: url, signatureVersion: 'v4' }
}
