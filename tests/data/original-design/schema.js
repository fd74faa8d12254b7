// Sample routing rule
const sampleRoutingRule = {
  phoneNumber: '+18005551234',
  region: 'us-east-1',
  routingProfile: 'sales',
  priority: 1,
  fallbackRegions: ['eu-west-1', 'ap-southeast-1'],
  businessHoursId: 'US_BUSINESS',
  contactFlowId: 'arn:aws:connect:us-east-1:123456789012:instance/instance-id/contact-flow/contact-flow-id',
  queueId: 'arn:aws:connect:us-east-1:123456789012:instance/instance-id/queue/queue-id',
  attributes: {
    department: 'sales',
    priority: 'high',
    language: 'en-US'
  },
  lastUpdated: '2025-02-26T12:00:00Z',
  version: 1
};

// Sample agent skills
const sampleAgentSkills = {
  agentId: 'agent123',
  name: 'John Doe',
  skills: ['english', 'spanish', 'sales', 'technical'],
  level: {
    sales: 5,
    technical: 3,
    customer_service: 4
  },
  regions: ['us-east-1', 'eu-west-1'],
  schedule: {
    timezone: 'America/New_York',
    shifts: [
      { day: 'monday', start: '09:00', end: '17:00' },
      { day: 'tuesday', start: '09:00', end: '17:00' }
      // Other days...
    ]
  },
  maxConcurrentChats: 3,
  lastUpdated: '2025-02-26T12:00:00Z'
};

// Sample business hours
const sampleBusinessHours = {
  regionId: 'US_BUSINESS',
  name: 'US Business Hours',
  timezone: 'America/New_York',
  schedule: {
    monday: { isOpen: true, hours: [{ open: '09:00', close: '17:00' }] },
    tuesday: { isOpen: true, hours: [{ open: '09:00', close: '17:00' }] },
    wednesday: { isOpen: true, hours: [{ open: '09:00', close: '17:00' }] },
    thursday: { isOpen: true, hours: [{ open: '09:00', close: '17:00' }] },
    friday: { isOpen: true, hours: [{ open: '09:00', close: '17:00' }] },
    saturday: { isOpen: false, hours: [] },
    sunday: { isOpen: false, hours: [] }
  },
  holidays: [
    { date: '2025-01-01', name: 'New Year\'s Day' },
    { date: '2025-12-25', name: 'Christmas Day' }
  ],
  emergencyClose: {
    isActive: false,
    message: 'We are currently closed due to unforeseen circumstances.'
  },
  lastUpdated: '2025-02-26T12:00:00Z'
};

module.exports = {
  sampleRoutingRule,
  sampleAgentSkills,
  sampleBusinessHours
};
