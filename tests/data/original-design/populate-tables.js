const AWS = require('aws-sdk');
const { sampleRoutingRule, sampleAgentSkills, sampleBusinessHours } = require('./schema');

// Configure AWS SDK
AWS.config.update({ region: 'us-east-1' });
const dynamodb = new AWS.DynamoDB.DocumentClient();

async function populateTables() {
  try {
    // Add sample routing rule
    await dynamodb.put({
      TableName: 'GlobalCallRouting',
      Item: sampleRoutingRule
    }).promise();
    console.log('Added sample routing rule');
    
    // Add sample agent skills
    await dynamodb.put({
      TableName: 'AgentSkills',
      Item: sampleAgentSkills
    }).promise();
    console.log('Added sample agent skills');
    
    // Add sample business hours
    await dynamodb.put({
      TableName: 'BusinessHours',
      Item: sampleBusinessHours
    }).promise();
    console.log('Added sample business hours');
    
    console.log('All sample data added successfully');
  } catch (error) {
    console.error('Error populating tables:', error);
  }
}

populateTables();
