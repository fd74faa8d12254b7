const AWS = require('aws-sdk');

exports.handler = async (event, context) => {
  const body = JSON.parse(event.body);
  
  // Validate input
  if (!body.phoneNumber || !body.region) {
    return {
      statusCode: 400,
      body: JSON.stringify({ message: 'phoneNumber and region are required' })
    };
  }
  
  try {
    const dynamodb = new AWS.DynamoDB.DocumentClient({ region: body.region });
    
    // Add metadata
    body.lastUpdated = new Date().toISOString();
    body.version = (body.version || 0) + 1;
    
    const params = {
      TableName: 'GlobalCallRouting',
      Item: body,
      ConditionExpression: 'attribute_not_exists(version) OR version < :version',
      ExpressionAttributeValues: {
        ':version': body.version
      }
    };
    
    await dynamodb.put(params).promise();
    
    return {
      statusCode: 200,
      body: JSON.stringify({ 
        message: 'Routing rule updated successfully',
        data: body
      })
    };
  } catch (error) {
    console.error('Error updating routing rule:', error);
    
    return {
      statusCode: 500,
      body: JSON.stringify({ 
        message: 'Error updating routing rule',
        error: error.message
      })
    };
  }
};
