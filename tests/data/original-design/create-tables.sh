# Using AWS CLI
aws dynamodb create-table \
    --table-name GlobalCallRouting \
    --attribute-definitions \
        AttributeName=phoneNumber,AttributeType=S \
        AttributeName=region,AttributeType=S \
    --key-schema \
        AttributeName=phoneNumber,KeyType=HASH \
        AttributeName=region,KeyType=RANGE \
    --billing-mode PAY_PER_REQUEST \
    --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES \
    --region us-east-1
# Create AgentSkills table
aws dynamodb create-table \
    --table-name AgentSkills \
    --attribute-definitions \
        AttributeName=agentId,AttributeType=S \
    --key-schema \
        AttributeName=agentId,KeyType=HASH \
    --billing-mode PAY_PER_REQUEST \
    --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES \
    --region us-east-1

# Create BusinessHours table
aws dynamodb create-table \
    --table-name BusinessHours \
    --attribute-definitions \
        AttributeName=regionId,AttributeType=S \
    --key-schema \
        AttributeName=regionId,KeyType=HASH \
    --billing-mode PAY_PER_REQUEST \
    --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES \
    --region us-east-1
