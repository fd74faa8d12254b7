const AWS = require('aws-sdk');

exports.handler = async (event, context) => {
  const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-1'];
  const results = {};
  
  for (const region of regions) {
    try {
      const dynamodb = new AWS.DynamoDB({ region });
      
      // Test if the table is accessible
      const response = await dynamodb.describeTable({ TableName: 'GlobalCallRouting' }).promise();
      
      results[region] = {
        status: 'healthy',
        tableStatus: response.Table.TableStatus
      };
    } catch (error) {
      results[region] = {
        status: 'unhealthy',
        error: error.message
      };
      
      // Publish an SNS alert for unhealthy regions
      try {
        const sns = new AWS.SNS({ region: 'us-east-1' });
        await sns.publish({
          TopicArn: process.env.ALERT_TOPIC_ARN,
          Subject: `DynamoDB Region ${region} Unhealthy`,
          Message: `The DynamoDB Global Table in region ${region} is reporting errors: ${error.message}`
        }).promise();
      } catch (snsError) {
        console.error('Error publishing SNS alert:', snsError);
      }
    }
  }
  
  // Log results
  console.log('Health check results:', results);
  
  return {
    statusCode: 200,
    body: JSON.stringify(results)
  };
};
