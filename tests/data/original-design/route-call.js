const AWS = require('aws-sdk');

// Get routing information for a phone number
async function getRoutingForPhoneNumber(phoneNumber, region) {
  const dynamodb = new AWS.DynamoDB.DocumentClient({ region });
  
  try {
    const params = {
      TableName: 'GlobalCallRouting',
      Key: {
        phoneNumber: phoneNumber,
        region: region
      }
    };
    
    const result = await dynamodb.get(params).promise();
    
    if (!result.Item) {
      // Try to find a generic routing rule (e.g., default for country code)
      const countryCode = phoneNumber.substring(0, 3); // Example: +1 for US
      const genericParams = {
        TableName: 'GlobalCallRouting',
        FilterExpression: 'begins_with(phoneNumber, :countryCode) AND region = :region',
        ExpressionAttributeValues: {
          ':countryCode': countryCode,
          ':region': region
        },
        Limit: 1
      };
      
      const genericResult = await dynamodb.scan(genericParams).promise();
      
      if (genericResult.Items && genericResult.Items.length > 0) {
        return genericResult.Items[0];
      }
      
      // Check fallback regions
      const fallbackRegions = ['us-east-1', 'eu-west-1', 'ap-southeast-1'].filter(r => r !== region);
      
      for (const fallbackRegion of fallbackRegions) {
        const fbDynamodb = new AWS.DynamoDB.DocumentClient({ region: fallbackRegion });
        const fallbackParams = {
          TableName: 'GlobalCallRouting',
          Key: {
            phoneNumber: phoneNumber,
            region: fallbackRegion
          }
        };
        
        const fallbackResult = await fbDynamodb.get(fallbackParams).promise();
        
        if (fallbackResult.Item) {
          return fallbackResult.Item;
        }
      }
      
      // Return default routing if no specific rule found
      return {
        phoneNumber: 'default',
        region: region,
        contactFlowId: process.env.DEFAULT_CONTACT_FLOW_ID,
        queueId: process.env.DEFAULT_QUEUE_ID
      };
    }
    
    return result.Item;
  } catch (error) {
    console.error('Error getting routing information:', error);
    throw error;
  }
}

// Check if current time is within business hours
async function isWithinBusinessHours(businessHoursId, region) {
  const dynamodb = new AWS.DynamoDB.DocumentClient({ region });
  
  try {
    const params = {
      TableName: 'BusinessHours',
      Key: {
        regionId: businessHoursId
      }
    };
    
    const result = await dynamodb.get(params).promise();
    
    if (!result.Item) {
      // Default to open if no business hours defined
      return true;
    }
    
    const businessHours = result.Item;
    const now = new Date();
    const timezone = businessHours.timezone || 'UTC';
    
    // Get current day and time in the specified timezone
    const options = { timeZone: timezone, hour12: false };
    const localDateString = now.toLocaleString('en-US', options);
    const localDate = new Date(localDateString);
    
    // Check if today is a holiday
    const todayString = now.toISOString().split('T')[0]; // YYYY-MM-DD
    const isHoliday = businessHours.holidays && 
                      businessHours.holidays.some(h => h.date === todayString);
    
    if (isHoliday || businessHours.emergencyClose.isActive) {
      return false;
    }
    
    // Get day of week (lowercase)
    const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
    const dayOfWeek = days[localDate.getDay()];
    
    // Check if the business is open today
    const todaySchedule = businessHours.schedule[dayOfWeek];
    if (!todaySchedule || !todaySchedule.isOpen || !todaySchedule.hours.length) {
      return false;
    }
    
    // Check if current time is within any of the open hours
    const currentHour = localDate.getHours();
    const currentMinute = localDate.getMinutes();
    const currentTimeMinutes = currentHour * 60 + currentMinute;
    
    return todaySchedule.hours.some(period => {
      const [openHour, openMinute] = period.open.split(':').map(Number);
      const [closeHour, closeMinute] = period.close.split(':').map(Number);
      
      const openTimeMinutes = openHour * 60 + openMinute;
      const closeTimeMinutes = closeHour * 60 + closeMinute;
      
      return currentTimeMinutes >= openTimeMinutes && currentTimeMinutes < closeTimeMinutes;
    });
    
  } catch (error) {
    console.error('Error checking business hours:', error);
    // Default to open in case of error
    return true;
  }
}

// Lambda handler for Amazon Connect to call
exports.handler = async (event, context) => {
  try {
    const phoneNumber = event.Details.ContactData.CustomerEndpoint.Address;
    const region = event.Details.ContactData.InstanceARN.split(':')[3]; // Extract region from ARN
    
    // Get routing information
    const routingInfo = await getRoutingForPhoneNumber(phoneNumber, region);
    
    // Check business hours
    const withinBusinessHours = await isWithinBusinessHours(routingInfo.businessHoursId, region);
    
    let resultContactFlow;
    let resultQueue;
    
    if (withinBusinessHours) {
      // Use normal business hours flow
      resultContactFlow = routingInfo.contactFlowId;
      resultQueue = routingInfo.queueId;
    } else {
      // Use after-hours flow
      resultContactFlow = routingInfo.afterHoursContactFlowId || process.env.AFTER_HOURS_FLOW_ID;
      resultQueue = routingInfo.afterHoursQueueId || process.env.AFTER_HOURS_QUEUE_ID;
    }
    
    // Return results to Amazon Connect
    return {
      contactFlowId: resultContactFlow,
      queueId: resultQueue,
      attributes: routingInfo.attributes || {}
    };
  } catch (error) {
    console.error('Error in routeCall:', error);
    
    // Return fallback routing in case of error
    return {
      contactFlowId: process.env.DEFAULT_CONTACT_FLOW_ID,
      queueId: process.env.DEFAULT_QUEUE_ID,
      attributes: {
        errorMessage: error.message
      }
    };
  }
};
