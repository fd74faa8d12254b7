# Enable replication for GlobalCallRouting table
aws dynamodb update-table \
    --table-name GlobalCallRouting \
    --replica-updates 'Create={RegionName=eu-west-1},Create={RegionName=ap-southeast-1}' \
    --region us-east-1

# Repeat for other tables
aws dynamodb update-table \
    --table-name AgentSkills \
    --replica-updates 'Create={RegionName=eu-west-1},Create={RegionName=ap-southeast-1}' \
    --region us-east-1

aws dynamodb update-table \
    --table-name BusinessHours \
    --replica-updates 'Create={RegionName=eu-west-1},Create={RegionName=ap-southeast-1}' \
    --region us-east-1
